//! Telling a hub something: a small form by POST, past the same guard and within the same limits as every request.
//!
//! What a hub answers beside its status is not read.

use url::{Url, form_urlencoded};

use super::redirect::{Step, Trail};
use super::{Client, FetchError, guard};

impl Client {
    /// Sends a form and says with which status it was taken, 200 to 299. Only redirects that keep the method are followed
    /// (307, 308), and none from https to http, for a form may hold a secret.
    ///
    /// # Errors
    ///
    /// When it was not taken; the error says in one sentence what happened.
    pub async fn post_form(&self, url: &Url, form: &[(&str, &str)]) -> Result<u16, FetchError> {
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let late = FetchError::Timeout {
            limit: self.timeout,
        };
        tokio::time::timeout(self.timeout, self.send_on(url, form))
            .await
            .unwrap_or(Err(late))
    }

    async fn send_on(&self, url: &Url, form: String) -> Result<u16, FetchError> {
        let mut trail = Trail::from(url);
        loop {
            guard::admit(trail.here(), &self.networks).await?;
            self.transport.can_speak(trail.here())?;
            let sent = self.transport.send_form(trail.here(), form.clone()).await;
            let response = sent.map_err(|error| self.explain(&error))?;
            let status = response.status().as_u16();
            match (status, Step::of(&response)) {
                (200..=299, _) => return Ok(status),
                (307 | 308, Some(step)) => {
                    let was_secret = trail.here().scheme() == "https";
                    trail.step(&step)?;
                    if was_secret && trail.here().scheme() != "https" {
                        return Err(FetchError::Refused);
                    }
                }
                _ => return Err(FetchError::Status(status)),
            }
        }
    }
}
