//! The door through which the requests to an object store leave: who lost his lock sends nothing more.
//!
//! A machine may fall asleep between a decision and its bytes, in the middle of a connection that is being made, or
//! before another try; on waking it would send an old page over a newer one. So the lock is looked at when the
//! bytes leave, and not only when somebody decides to send them.

use super::{lock::Held, web};
use axum::{
    body::{Body, Bytes},
    http::{
        HeaderValue, Method,
        header::{AUTHORIZATION, CONTENT_LENGTH},
    },
};
use futures_util::TryStreamExt;
use object_store::{
    ClientConfigKey, ClientOptions, Error,
    client::{HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService},
};
use std::{
    io,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// The door. Before anybody holds a lock it is open.
#[derive(Debug, Clone)]
pub struct Fence {
    client: reqwest::Client,
    authorization: Option<HeaderValue>,
    held: Arc<OnceLock<Arc<Held>>>,
    /// Whether requests may go unencrypted.
    allow_http: bool,
}

impl Fence {
    /// A door whose requests bear this Authorization header.
    pub fn new(client: reqwest::Client, authorization: Option<HeaderValue>) -> Fence {
        Fence { client, authorization, held: Arc::default(), allow_http: false }
    }

    /// From now on, nothing that changes something leaves without this lock.
    pub fn watch(&self, held: Arc<Held>) {
        // A store is opened for one publish, which takes one lock.
        let _ = self.held.set(held);
    }

    /// Whether something may leave that changes something.
    ///
    /// # Errors
    /// When the lock may be lost.
    pub fn may_go(&self) -> io::Result<()> {
        match self.held.get() {
            Some(held) if !held.is_sure() => Err(io::Error::new(io::ErrorKind::TimedOut, "the lock may be lost")),
            _ => Ok(()),
        }
    }
}

impl HttpConnector for Fence {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient, Error> {
        let allow_http = options.get_config_value(&ClientConfigKey::AllowHttp).is_some_and(|value| value == "true");
        Ok(HttpClient::new(Fence { allow_http, ..self.clone() }))
    }
}

#[async_trait::async_trait]
impl HttpService for Fence {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (mut parts, body) = request.into_parts();
        let is_metadata = parts.uri.host().is_some_and(|host| METADATA.iter().any(|own| host.starts_with(own)));
        if parts.uri.scheme_str() == Some("http") && !self.allow_http {
            let error = io::Error::other("this address is not encrypted: write https://");
            return Err(HttpError::new(HttpErrorKind::Unknown, error));
        }
        let changes = match parts.method {
            Method::GET | Method::HEAD => false,
            // Keys are asked for by POST as well, and without them nobody can look at the lock.
            Method::POST => parts.uri.query().is_some_and(|query| DELETIONS.iter().any(|own| query.contains(own))),
            _ => !is_metadata,
        };
        let fence = self.clone();
        let may_go = move || if changes { fence.may_go() } else { Ok(()) };
        may_go().map_err(|error| HttpError::new(HttpErrorKind::Timeout, error))?;

        let url = parts.uri.to_string();
        let len = body.content_length();
        if len > 0 {
            // A stream does not know its length, and stores refuse what does not say it.
            parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(len));
        }
        let mut sending = self.client.request(parts.method, url).headers(parts.headers);
        if is_metadata {
            sending = sending.timeout(AT_ONCE);
        }
        if let Some(value) = &self.authorization {
            sending = sending.header(AUTHORIZATION, value.clone());
        }
        if len > 0 {
            let bytes = Body::new(body).into_data_stream().map_err(io::Error::other);
            let bytes = bytes.and_then(move |part| std::future::ready(may_go().map(|()| part)));
            sending = sending.body(reqwest::Body::wrap_stream(bytes)).timeout(time_for(len));
        }
        let answer = sending.send().await.map_err(failed)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes: Bytes = answer.bytes().await.map_err(failed)?;
        let mut response = HttpResponse::new(bytes.into());
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

/// What the addresses have in common to which many deletions are sent at once: S3's and Azure's.
const DELETIONS: [&str; 2] = ["delete", "comp=batch"];

/// Where a machine in a cloud asks for its keys. Elsewhere nobody answers there, and that must not take long.
const METADATA: [&str; 2] = ["169.254.", "metadata.google.internal"];

/// How long such an answer may take.
const AT_ONCE: Duration = Duration::from_secs(2);

/// How long an upload may take: what any request may, and more for a long file, on lines of 16 kB a second.
fn time_for(len: usize) -> Duration {
    web::PATIENCE + Duration::from_secs(len as u64 / 16_000)
}

/// What a failure is to the store, which tries again what it may.
fn failed(error: reqwest::Error) -> HttpError {
    let kind = match () {
        () if error.is_timeout() => HttpErrorKind::Timeout,
        () if error.is_connect() => HttpErrorKind::Connect,
        () if error.is_builder() => HttpErrorKind::Unknown,
        // A connection that broke. Of all that is sent here only the making of the lock minds being sent twice: it
        // then waits until its own lock counts as a dead one's.
        () => HttpErrorKind::Request,
    };
    HttpError::new(kind, error.without_url())
}
