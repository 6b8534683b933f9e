//! What an event says in words, for a tooltip or a label of a chart: as it was recorded, safe nowhere yet.

use crate::timeline::{Content, Detail, Event, Message, Text};

/// Characters of one text.
const LONGEST: usize = 300;

/// The event's words: of a call what it came to, of a message its first line, of a lookup the whole.
pub(super) fn of(event: &Event) -> Option<Text> {
    let text = match &event.detail {
        Detail::Call(call) => call.text.clone(),
        Detail::Lookup(lookup) => lookup.text.clone(),
        Detail::Message(message) => first_line(message)?,
        _ => return None,
    };
    Some(Text::new(cut(&text.en), cut(&text.zh)))
}

/// What the rules say of it, one behind the other.
pub(super) fn notes(event: &Event) -> Option<Text> {
    let all =
        |pick: fn(&Text) -> &str| event.notes.iter().map(|note| cut(pick(&note.text))).collect::<Vec<_>>().join(" | ");
    (!event.notes.is_empty()).then(|| Text::new(all(|text| &text.en), all(|text| &text.zh)))
}

fn first_line(message: &Message) -> Option<Text> {
    let line = match &message.content {
        Content::HttpRequest(request) => request.start_line(),
        Content::HttpResponse(response) => response.start_line(),
        Content::TlsClientHello(hello) => match &hello.server_name {
            Some(name) => format!("ClientHello {name}"),
            None => "ClientHello".to_string(),
        },
        Content::Http2Preface(_) => "PRI * HTTP/2.0".to_string(),
        Content::Dns(message) => {
            let asked = message.question.as_ref();
            let asked = asked.map(|question| format!("{} {}", question.name, question.record_type));
            let parts = [Some("DNS".to_string()), message.rcode.clone(), asked];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        Content::Text(text) => text.text.trim_end().to_string(),
        Content::Data(_) | Content::Unknown => return None,
    };
    Some(Text::new(line.clone(), line))
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
