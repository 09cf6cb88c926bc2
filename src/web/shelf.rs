//! A fixed set of documents by path, each with an ETag: what a small static site is.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tower_http::compression::CompressionLayer;

use super::respond::Document;

/// Serves these documents at these paths, and 404 elsewhere.
pub fn shelf(documents: BTreeMap<String, Document>) -> Router {
    Router::new()
        .fallback(document)
        .with_state(Arc::new(documents))
        .layer(CompressionLayer::new())
}

async fn document(
    State(documents): State<Arc<BTreeMap<String, Document>>>,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    match documents.get(uri.path()) {
        Some(document) => document.clone().answer(&request),
        None => (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response(),
    }
}
