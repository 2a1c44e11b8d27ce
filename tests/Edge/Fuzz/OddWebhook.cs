using System.Buffers.Text;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Switchboard.Tests.Fixtures.Fuzz;

namespace Switchboard.Tests.Edge.Fuzz;

/// <summary>By whose rules a webhook is signed.</summary>
internal enum WebhookSigner
{
    Twilio,
    WhatsApp,
    Graph,
    Gmail,
}

/// <summary>A webhook of which anything may be odd but its signature.</summary>
/// <param name="Signer">Who signs it.</param>
/// <param name="Target">Its path and query.</param>
/// <param name="Body">Its body.</param>
/// <param name="Fields">The fields of its body, when that is a form.</param>
internal sealed record OddWebhook(WebhookSigner Signer, string Target, byte[] Body, IReadOnlyList<(string Name, byte[] Value)>? Fields = null)
{
    private static readonly (string Name, string Value)[] Sms =
    [
        ("MessageSid", "SM{unique}"), ("AccountSid", "ACdemo"), ("From", "{phone}"), ("To", "+15550009999"), ("Body", "Hello 👋 call +14155550123"),
        ("NumMedia", "1"), ("MediaUrl0", "https://a.test/1"), ("MediaContentType0", "image/png"),
    ];

    private static readonly (string Name, string Value)[] Status =
        [("MessageSid", "SM{unique}"), ("AccountSid", "ACdemo"), ("MessageStatus", "failed"), ("ErrorCode", "21610"), ("To", "+15550100002")];

    private static readonly string[] MoreFields = ["OptOutType", "SmsSid", "NumMedia", "MediaUrl1", "MediaUrl2147483647", "MessageStatus", "", "\0", "Bödy"];

    // what fields of SMS may be, and mean something
    private static readonly string[] Values =
    [
        "", " ", "SUPPORT", "whatsapp:+5215512345678", " 15550100001", "+1", "12345", "{phone}", "STOP", "start", "HELP", "-1", "99999999999", "delivered",
        "sent", "undelivered", "21610", "30005", "file:///etc/passwd", "http://[::1", "image/png; q=\"",
    ];

    /// <summary>An SMS as a form.</summary>
    public static Gen<OddWebhook> SmsForm(Func<string, string> fill) => Form("/api/sms/webhook", Sms, fill);

    /// <summary>An SMS as JSON.</summary>
    public static Gen<OddWebhook> SmsJson(Func<string, string> fill) => Json(
        WebhookSigner.Twilio, "/api/sms/webhook", fill,
        """{"MessageSid":"SM{unique}","From":"{phone}","To":"+15550009999","Body":"Hello \ud83d\udc4b","NumMedia":1,"MediaUrl0":"https://a.test/1"}""");

    /// <summary>What became of an SMS.</summary>
    public static Gen<OddWebhook> SmsStatus(Func<string, string> fill) =>
        from notification in Gen.Elements("", "?notification=01a2250d-90ed-7e74-9a6f-633a1b84b8f2", "?notification=%00", "?notification=a&notification=b")
        from webhook in Form("/api/sms/status", Status, fill)
        select webhook with { Target = webhook.Target + notification };

    /// <summary>What became of messages of WhatsApp.</summary>
    public static Gen<OddWebhook> WhatsApp(Func<string, string> fill) => Json(
        WebhookSigner.WhatsApp, "/api/webhooks/whatsapp", fill,
        """
        {"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"statuses":[
        {"id":"wamid.{unique}","status":"failed","timestamp":"1700000000","biz_opaque_callback_data":"01a2250d-90ed-7e74-9a6f-633a1b84b8f2",
        "errors":[{"code":131026,"title":"Undeliverable","error_data":{"details":"No"}}]},{"id":"wamid.2","status":"read","timestamp":"1700000000"}]}}]}]}
        """);

    /// <summary>Changes of mailboxes at Microsoft.</summary>
    public static Gen<OddWebhook> Graph(Func<string, string> fill) => Json(
        WebhookSigner.Graph, "/api/webhooks/graph", fill,
        """
        {"value":[{"subscriptionId":"s","clientState":"demo-state","changeType":"created","resource":"Users/u/Messages/m1","resourceData":{"id":"m{unique}"}},
        {"subscriptionId":"s","clientState":"demo-state","lifecycleEvent":"missed"},
        {"subscriptionId":"s","clientState":"demo-state","resource":"Users/u/Messages/m2"}]}
        """);

    /// <summary>A change of a mailbox at Google: the push, or what is in it.</summary>
    public static Gen<OddWebhook> Gmail(Func<string, string> fill) =>
        from data in OddJson.Near("""{"emailAddress":"m{unique}@example.com","historyId":"18446744073709551615"}""", """{"emailAddress":"a@b.test","historyId":7}""")
        from push in Json(
            WebhookSigner.Gmail, "/api/webhooks/gmail",
            text => text.Replace("{data}", Base64Url.EncodeToString(Encoding.UTF8.GetBytes(fill(data))), StringComparison.Ordinal),
            """{"message":{"data":"{data}","messageId":"1","publishTime":"2026-03-02T09:00:00Z"},"subscription":"s"}""")
        select push;

    public override string ToString() => $"{Signer} {Target} {Encoding.Latin1.GetString(Body)}";

    private static Gen<OddWebhook> Json(WebhookSigner signer, string target, Func<string, string> fill, string seed) =>
        Gen.Frequency(
            (2, Gen.Constant(seed).Select(text => Encoding.UTF8.GetBytes(fill(text)))),
            (12, OddJson.Near(seed).Select(text => Encoding.UTF8.GetBytes(fill(text)))),
            (1, Odd.BytesNear(fill(seed))))
        .Select(body => new OddWebhook(signer, target, body));

    // each name once: of a name that comes twice the provider's libraries differ in what they sign
    private static Gen<OddWebhook> Form(string target, (string Name, string Value)[] right, Func<string, string> fill) =>
        from changes in Change(right).ArrayOf().Select(changes => changes.Take(4))
        select Of(target, changes.Aggregate(
            right.ToDictionary(field => field.Name, field => Encoding.UTF8.GetBytes(fill(field.Value))),
            (fields, change) =>
            {
                if (change.Value is null)
                    fields.Remove(change.Name);
                else
                    fields[change.Name] = change.Value;
                return fields;
            }));

    // the account stays: what is signed for another is not ours
    private static Gen<(string Name, byte[]? Value)> Change((string Name, string Value)[] right)
    {
        string[] names = [.. right.Select(field => field.Name).Where(name => name != "AccountSid"), .. MoreFields];
        return Gen.Elements(names).Zip(
            Gen.Frequency(
                (6, Gen.Elements(Values).Select(text => (byte[]?)Encoding.UTF8.GetBytes(text))),
                (6, Odd.Text.Select(text => (byte[]?)Encoding.UTF8.GetBytes(text))),
                (2, Odd.BytesNear("Hello").Select(bytes => (byte[]?)bytes)),
                (1, Gen.Constant<byte[]?>(null))),
            (name, value) => (name, value));
    }

    private static OddWebhook Of(string target, Dictionary<string, byte[]> fields) => new(
        WebhookSigner.Twilio, target,
        Encoding.ASCII.GetBytes(string.Join('&', fields.Select(field => $"{Escaped(Encoding.UTF8.GetBytes(field.Key))}={Escaped(field.Value)}"))),
        [.. fields.Select(field => (field.Key, field.Value))]);

    private static string Escaped(byte[] bytes) => string.Concat(bytes.Select(one =>
        char.IsAsciiLetterOrDigit((char)one) ? ((char)one).ToString() : one == ' ' ? "+" : string.Create(CultureInfo.InvariantCulture, $"%{one:X2}")));
}
