//! Object stores and WebDAV: S3 and what speaks its protocol, Google Cloud Storage, Azure Blob Storage, and a
//! folder of a WebDAV server. Keys come from the environment or the host's usual chain of credentials.

use super::{
    aws,
    dav::Dav,
    fence::Fence,
    lock::Held,
    place::{GoesOn, Store},
    remote::{GOES_ON, Trouble, Upload},
    system::scrubbed,
    web,
};
use crate::{
    base::{mime, path::SitePath},
    emit::headers::cache_control,
    settings::publish::Remote,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::{
    Attribute, AttributeValue, Attributes, BackoffConfig, ClientOptions, Error, ObjectStore, ObjectStoreExt, PutMode,
    PutOptions, PutPayload, RetryConfig, StaticCredentialProvider,
    aws::{AmazonS3Builder, AwsCredential},
    azure::MicrosoftAzureBuilder,
    gcp::GoogleCloudStorageBuilder,
    http::HttpBuilder,
    path::Path,
};
use std::{fs, future::Future, sync::Arc, time::Duration};
use tokio::runtime::Runtime;

/// A bucket, container or folder.
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    runtime: Runtime,
    name: String,
    prefix: String,
    /// The folders of a WebDAV server; other stores have none.
    dav: Option<Dav>,
    fence: Fence,
    at_once: usize,
    /// How its keys are found, for messages.
    keys: &'static str,
}

impl Objects {
    /// The store of a remote.
    ///
    /// # Errors
    /// When what it needs is missing.
    pub fn open(remote: &Remote, at_once: usize) -> Result<Objects, Trouble> {
        // A second for each of the first tries, and an end before an editor gives up.
        let retry = RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(200),
                max_backoff: Duration::from_secs(5),
                base: 2.0,
            },
            max_retries: 6,
            retry_timeout: Duration::from_secs(60),
        };
        let options = |endpoint: &Option<String>| {
            let plain = endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"));
            ClientOptions::new().with_allow_http(plain)
        };
        let dav = match remote {
            Remote::WebDav { url, user } => Some(Dav::new(url, user.as_deref())?),
            _ => None,
        };
        let fence = Fence::new(web::client()?, dav.as_ref().and_then(Dav::authorization));
        type Built = (Result<Arc<dyn ObjectStore>, Error>, String, String, &'static str);
        let (store, name, prefix, keys): Built = match remote {
            Remote::S3 { bucket, prefix, region, endpoint } => {
                let mut builder = AmazonS3Builder::from_env()
                    .with_bucket_name(bucket)
                    .with_retry(retry)
                    .with_http_connector(fence.clone())
                    .with_client_options(options(endpoint));
                if let Some(region) = region {
                    builder = builder.with_region(region);
                }
                if let Some(endpoint) = endpoint {
                    builder = builder.with_endpoint(endpoint);
                }
                if let Some(own) = aws::keys()? {
                    // In the place of all that the environment says: a token there is of another key.
                    let aws::Keys { access_key_id: key_id, secret_access_key: secret_key, session_token: token } = own;
                    let keys = AwsCredential { key_id, secret_key, token };
                    builder = builder.with_credentials(Arc::new(StaticCredentialProvider::new(keys)));
                }
                let keys = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, choose a profile of the program aws with AWS_PROFILE, or give this machine a role that may write to the bucket. It must be allowed s3:ListBucket too, or S3 does not say that a file is not there.";
                (
                    builder.build().map(|store| Arc::new(store) as _),
                    format!("s3://{bucket}/{prefix}"),
                    prefix.clone(),
                    keys,
                )
            }
            Remote::Gcs { bucket, prefix, endpoint } => {
                let mut builder = GoogleCloudStorageBuilder::from_env()
                    .with_bucket_name(bucket)
                    .with_retry(retry)
                    .with_http_connector(fence.clone())
                    .with_client_options(options(endpoint));
                if let Some(endpoint) = endpoint {
                    builder = builder.with_base_url(endpoint);
                }
                let keys =
                    "Set GOOGLE_APPLICATION_CREDENTIALS to the file of a service account that may write to the bucket.";
                (
                    builder.build().map(|store| Arc::new(store) as _),
                    format!("gs://{bucket}/{prefix}"),
                    prefix.clone(),
                    keys,
                )
            }
            Remote::Azure { account, container, prefix, endpoint } => {
                let mut builder = MicrosoftAzureBuilder::from_env()
                    .with_account(account)
                    .with_container_name(container)
                    .with_retry(retry)
                    .with_http_connector(fence.clone())
                    .with_client_options(options(endpoint));
                if let Some(endpoint) = endpoint {
                    builder = builder.with_endpoint(endpoint.clone());
                }
                let keys = "Set AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN, or sign in with a role that may write to the container.";
                let name = format!("azure://{account}/{container}/{prefix}");
                (builder.build().map(|store| Arc::new(store) as _), name, prefix.clone(), keys)
            }
            Remote::WebDav { url, .. } => {
                let builder = HttpBuilder::new()
                    .with_url(url)
                    .with_retry(retry)
                    .with_http_connector(fence.clone())
                    .with_client_options(options(&Some(url.clone())));
                let keys = "Write `user:` in guide.yaml and set GUIDEWRIGHT_WEBDAV_PASSWORD.";
                (builder.build().map(|store| Arc::new(store) as _), url.clone(), String::new(), keys)
            }
            _ => return Err(Trouble::new("this remote is no object store", "Choose another `remote:` in guide.yaml.")),
        };
        let name = name.trim_end_matches('/').to_string();
        let store = store.map_err(|error| Trouble::new(format!("{name} cannot be used: {}", said(&error)), keys))?;
        Ok(Objects { store, runtime: web::runtime()?, name, prefix, dav, fence, at_once, keys })
    }

    fn path(&self, name: &str) -> Result<Path, Trouble> {
        let whole = if self.prefix.is_empty() { name.into() } else { format!("{}/{name}", self.prefix) };
        Path::parse(&whole).map_err(|error| {
            Trouble::new(format!("{name} cannot be the name of an object: {error}"), "Rename the file.")
        })
    }

    fn wait<T>(&self, run: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.runtime.block_on(run)
    }

    /// What the store said, in the words of somebody who has to mend it.
    fn refused(&self, error: &Error) -> Trouble {
        let said = said(error);
        let is_key = matches!(error, Error::PermissionDenied { .. } | Error::Unauthenticated { .. })
            || KEY_TROUBLE.iter().any(|word| said.contains(word));
        let help = match is_key {
            true => self.keys,
            false => GOES_ON,
        };
        Trouble::new(format!("{} says no: {said}", self.name), help)
    }

    fn attributes(file: &Upload) -> Attributes {
        let mut attributes = Attributes::new();
        attributes.insert(Attribute::ContentType, AttributeValue::from(mime::content_type(&file.path)));
        attributes.insert(Attribute::CacheControl, AttributeValue::from(cache_control(&file.path)));
        if let Some(encoding) = file.encoding {
            attributes.insert(Attribute::ContentEncoding, AttributeValue::from(encoding));
        }
        attributes
    }
}

/// What stores say of keys that are not right, or no longer.
const KEY_TROUBLE: [&str; 9] = [
    "403",
    "401",
    "Forbidden",
    "Unauthorized",
    "credential",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
];

/// An error with all that is behind it, on one line and without secrets.
fn said(error: &dyn std::error::Error) -> String {
    let mut parts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(error) = source {
        let text = error.to_string();
        if !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        source = error.source();
    }
    let text = parts.join(": ").split_whitespace().collect::<Vec<_>>().join(" ");
    // What is cut in the middle of a secret would no longer be known as one.
    scrubbed(&text).chars().take(400).collect()
}

impl Store for Objects {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn keeps_metadata(&self) -> bool {
        self.dav.is_none()
    }

    fn fence(&self, held: &Arc<Held>) {
        self.fence.watch(held.clone());
    }

    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Trouble> {
        let path = self.path(name)?;
        match self.wait(async { self.store.get(&path).await?.bytes().await }) {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.refused(&error)),
        }
    }

    fn create(&self, name: &str, bytes: &[u8]) -> Result<bool, Trouble> {
        let path = self.path(name)?;
        let payload = PutPayload::from(bytes.to_vec());
        let made = if self.dav.is_some() {
            // WebDAV has no way to write only what is not there, but one to copy only there (RFC 4918, section 10.6).
            // What is copied has one name for all, so what one left who was killed goes with the next.
            let part = self.path(&format!("{name}.new"))?;
            self.wait(async {
                self.store.put(&part, payload).await?;
                let made = self.store.copy_if_not_exists(&part, &path).await;
                match self.store.delete(&part).await {
                    Ok(()) | Err(Error::NotFound { .. }) => made,
                    Err(error) => Err(error),
                }
            })
        } else {
            let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
            self.wait(self.store.put_opts(&path, payload, options)).map(drop)
        };
        match made {
            Ok(()) => Ok(true),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(false),
            // Another, who makes it too, was done with the copy.
            Err(Error::NotFound { .. }) if self.dav.is_some() => Ok(false),
            Err(error) => Err(self.refused(&error)),
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Trouble> {
        let path = self.path(name)?;
        let file = Upload { path: SitePath::from(name), file: Default::default(), len: 0, encoding: None };
        let mut attributes = Objects::attributes(&file);
        attributes.insert(Attribute::CacheControl, AttributeValue::from("no-store"));
        let options = PutOptions { attributes, ..PutOptions::default() };
        let put = self.store.put_opts(&path, PutPayload::from(bytes.to_vec()), options);
        self.wait(put).map(drop).map_err(|error| self.refused(&error))
    }

    fn put(&self, files: &[Upload], told: GoesOn) -> Result<(), Trouble> {
        let send = |file: &Upload| {
            let (path, bytes) =
                (self.path(&file.path), fs::read(&file.file).map_err(|error| Trouble::disk(&file.file, &error)));
            let options = PutOptions { attributes: Objects::attributes(file), ..PutOptions::default() };
            let len = file.len;
            async move {
                let put = self.store.put_opts(&path?, PutPayload::from(bytes?), options).await;
                put.map_err(|error| self.refused(&error))?;
                told(len)
            }
        };
        self.runtime
            .block_on(async { stream::iter(files).map(send).buffer_unordered(self.at_once).try_collect::<()>().await })
    }

    fn make_folders(&self, folders: &[String]) -> Result<(), Trouble> {
        self.dav.as_ref().map_or(Ok(()), |dav| self.runtime.block_on(dav.make(folders, self.keys, &self.fence)))
    }

    fn remove_folders(&self, folders: &[String]) -> Result<(), Trouble> {
        self.dav.as_ref().map_or(Ok(()), |dav| self.runtime.block_on(dav.remove_empty(folders, &self.fence)))
    }

    fn remove(&self, paths: &[SitePath]) -> Result<(), Trouble> {
        let paths: Vec<Path> = paths.iter().map(|path| self.path(path)).collect::<Result<_, _>>()?;
        let removed = self.runtime.block_on(async {
            let gone = self.store.delete_stream(stream::iter(paths.into_iter().map(Ok)).boxed());
            gone.filter(|one| std::future::ready(!matches!(one, Err(Error::NotFound { .. }))))
                .try_collect::<Vec<_>>()
                .await
        });
        removed.map(drop).map_err(|error| self.refused(&error))
    }
}
