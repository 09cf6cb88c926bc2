//! Telling a hub something: a small form by POST, past the same guard, at the same pace and within the same limits as
//! every request.
//!
//! What a hub answers beside its status is not read.

use jiff::Timestamp;
use url::{Url, form_urlencoded};

use super::answer;
use super::pace::Allowance;
use super::redirect::{Step, Trail};
use super::{Client, FetchError};

/// What a hop of a form came to.
enum Taken {
    Yes(u16),
    Moved(Step),
}

impl Client {
    /// Sends a form and says with which status it was taken, 200 to 299. Only redirects that keep the method are followed
    /// (307, 308), and none from https to http, for a form may hold a secret. A host that answers 429 or 503 has its whole
    /// platform left alone for a while.
    ///
    /// # Errors
    ///
    /// When it was not taken; the error says in one sentence what happened.
    pub async fn post_form(
        &self,
        url: &Url,
        form: &[(&str, &str)],
        now: Timestamp,
    ) -> Result<u16, FetchError> {
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let time = Allowance::of(self.timeout);
        let mut trail = Trail::from(url);
        loop {
            time.spend(self.guard.admit(trail.here())).await?;
            self.transport.can_speak(trail.here())?;
            match self.send_on(&trail, &form, &time, now).await? {
                Taken::Yes(status) => return Ok(status),
                Taken::Moved(step) => trail.step_in_secret(&step)?,
            }
        }
    }

    async fn send_on(
        &self,
        trail: &Trail,
        form: &str,
        time: &Allowance,
        now: Timestamp,
    ) -> Result<Taken, FetchError> {
        let _turn = self.pacer.turn(trail.here()).await?;
        let response = time.spend(async {
            let request = self.transport.post(trail.here(), form.to_owned())?;
            request.send().await.map_err(|error| self.explain(&error))
        });
        let response = response.await?;
        let status = response.status().as_u16();
        match (status, Step::of(&response)) {
            (200..=299, _) => {
                self.pacer.answered(trail.here());
                Ok(Taken::Yes(status))
            }
            (307 | 308, Some(step)) => Ok(Taken::Moved(step)),
            (429 | 503, _) => {
                let asked = answer::retry_after(response.headers(), now);
                self.pacer.throttle(trail.here(), asked);
                Err(FetchError::Status(status))
            }
            _ => Err(FetchError::Status(status)),
        }
    }
}
