//! The objects of HAR 1.2, as they are written.

use crate::timeline::Header;
use serde::Serialize;
use std::borrow::Cow;
use std::net::IpAddr;

#[derive(Serialize)]
pub(super) struct Har<'t> {
    pub(super) log: Log<'t>,
}

#[derive(Serialize)]
pub(super) struct Log<'t> {
    pub(super) version: &'static str,
    pub(super) creator: Creator<'t>,
    pub(super) entries: Vec<Entry<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Creator<'t> {
    pub(super) name: &'t str,
    pub(super) version: &'t str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry<'t> {
    pub(super) started_date_time: String,
    /// Milliseconds, as all times.
    pub(super) time: f64,
    pub(super) request: Request<'t>,
    pub(super) response: Response<'t>,
    pub(super) cache: Cache,
    pub(super) timings: Timings,
    #[serde(rename = "serverIPAddress", skip_serializing_if = "Option::is_none")]
    pub(super) server_ip_address: Option<IpAddr>,
    /// Two entries with the same one used one connection.
    pub(super) connection: String,
    #[serde(rename = "_turnOnConnection")]
    pub(super) turn: u64,
    #[serde(rename = "_clientAddress", skip_serializing_if = "Option::is_none")]
    pub(super) client: Option<String>,
    #[serde(rename = "_serverAddress", skip_serializing_if = "Option::is_none")]
    pub(super) server: Option<String>,
    #[serde(rename = "_outcome")]
    pub(super) outcome: &'static str,
    #[serde(rename = "_interimResponses", skip_serializing_if = "is_zero")]
    pub(super) interim: u64,
    /// Octets that the capture lacks.
    #[serde(rename = "_missingOctets", skip_serializing_if = "is_zero")]
    pub(super) missing: u64,
    #[serde(rename = "_retransmissionsOnConnection", skip_serializing_if = "Option::is_none")]
    pub(super) retransmissions: Option<PerSide>,
    #[serde(rename = "_problems", skip_serializing_if = "Vec::is_empty")]
    pub(super) problems: Vec<&'t str>,
    /// The place of the entry whose redirect it follows.
    #[serde(rename = "_followsEntry", skip_serializing_if = "Option::is_none")]
    pub(super) follows: Option<u64>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[derive(Serialize)]
pub(super) struct PerSide {
    pub(super) client: u64,
    pub(super) server: u64,
}

/// No cache is seen on the wire.
#[derive(Serialize)]
pub(super) struct Cache {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request<'t> {
    pub(super) method: &'t str,
    pub(super) url: String,
    pub(super) http_version: String,
    pub(super) cookies: Vec<Cookie<'t>>,
    pub(super) headers: Vec<Field<'t>>,
    pub(super) query_string: Vec<Pair>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) post_data: Option<PostData<'t>>,
    pub(super) headers_size: u64,
    pub(super) body_size: u64,
}

impl Request<'_> {
    /// One that is not in the capture.
    pub(super) fn unknown(url: String) -> Self {
        Request {
            method: "UNKNOWN",
            url,
            http_version: "unknown".into(),
            cookies: Vec::new(),
            headers: Vec::new(),
            query_string: Vec::new(),
            post_data: None,
            headers_size: 0,
            body_size: 0,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Response<'t> {
    /// 0: there was none.
    pub(super) status: u16,
    pub(super) status_text: &'t str,
    pub(super) http_version: String,
    pub(super) cookies: Vec<Cookie<'t>>,
    pub(super) headers: Vec<Field<'t>>,
    pub(super) content: Content<'t>,
    #[serde(rename = "redirectURL")]
    pub(super) redirect_url: &'t str,
    pub(super) headers_size: u64,
    pub(super) body_size: u64,
    #[serde(rename = "_error", skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<&'static str>,
}

impl Response<'_> {
    pub(super) fn none() -> Self {
        Response {
            status: 0,
            status_text: "",
            http_version: "unknown".into(),
            cookies: Vec::new(),
            headers: Vec::new(),
            content: super::content::received(None, None, None),
            redirect_url: "",
            headers_size: 0,
            body_size: 0,
            error: Some("no response"),
        }
    }
}

/// A header field.
#[derive(Serialize)]
pub(super) struct Field<'t> {
    name: &'t str,
    value: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'static str>,
}

impl<'t> Field<'t> {
    pub(super) fn of(header: &'t Header) -> Field<'t> {
        let comment = header.masked.then_some("masked: only the length of the value is told");
        Field { name: &header.name, value: &header.value, comment }
    }
}

#[derive(Serialize, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) value: String,
}

#[derive(Serialize, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cookie<'t> {
    pub(super) name: &'t str,
    pub(super) value: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) domain: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) http_only: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) secure: Option<bool>,
}

/// Either `params` or `text` is there.
#[derive(Serialize, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) struct PostData<'t> {
    pub(super) mime_type: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) params: Option<Vec<Pair>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<Cow<'t, str>>,
    /// `base64`: HAR names no encoding of what is sent.
    #[serde(rename = "_encoding", skip_serializing_if = "Option::is_none")]
    pub(super) encoding: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
}

#[derive(Serialize, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) struct Content<'t> {
    /// Octets, unpacked where that could be done.
    pub(super) size: u64,
    /// Octets that packing saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) compression: Option<i64>,
    pub(super) mime_type: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) encoding: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Timings {
    pub(super) blocked: f64,
    pub(super) dns: f64,
    pub(super) connect: f64,
    pub(super) ssl: f64,
    pub(super) send: f64,
    pub(super) wait: f64,
    pub(super) receive: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<&'static str>,
}

impl Timings {
    /// Without those that did not happen.
    pub(super) fn sum(&self) -> f64 {
        let Timings { blocked, dns, connect, ssl: _, send, wait, receive, comment: _ } = self;
        let sum: f64 = [blocked, dns, connect, send, wait, receive].into_iter().filter(|ms| **ms > 0.0).sum();
        // To the nanosecond, as they are.
        (sum * 1e6).round() / 1e6
    }
}
