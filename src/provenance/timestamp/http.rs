//! Asks an authority over HTTP (RFC 3161, section 3.4).

use std::time::Duration;

use object_store::{
    ClientOptions,
    client::{HttpConnector as _, HttpRequest, HttpRequestBody, ReqwestConnector},
};

use crate::{Error, ErrorKind, Result, error::Fold as _};

/// Sends a request to an authority and returns its response, unchecked.
pub fn ask(url: &str, request: Vec<u8>) -> Result<Vec<u8>> {
    let doing = || format!("cannot ask `{url}` for a time-stamp");
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().fold(ErrorKind::Internal, doing)?;
    let options = ClientOptions::new().with_allow_http(true).with_timeout(Duration::from_secs(60));
    let client = ReqwestConnector::default().connect(&options).fold(ErrorKind::Internal, doing)?;
    let mut http = HttpRequest::new(HttpRequestBody::from(request));
    *http.method_mut() = "POST".parse().fold(ErrorKind::Internal, doing)?;
    *http.uri_mut() = url.parse().fold(ErrorKind::InvalidInput, || format!("`{url}` is no address"))?;
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(Error::new(ErrorKind::InvalidInput, format!("`{url}` is no http:// or https:// address")));
    }
    let query = "application/timestamp-query".parse().fold(ErrorKind::Internal, doing)?;
    http.headers_mut().insert("content-type", query);
    runtime.block_on(async {
        let response = client.execute(http).await.fold(ErrorKind::Storage, doing)?;
        let status = response.status();
        if !status.is_success() {
            return Err(Error::new(ErrorKind::Refused, format!("the authority answered {status}")).context(doing()));
        }
        let body = response.into_body().bytes().await.fold(ErrorKind::Storage, doing)?;
        Ok(body.to_vec())
    })
}
