using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using FsCheck.Fluent;
using Microsoft.Extensions.Options;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;
using Switchboard.Core.Rules;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Platform;
using Switchboard.Edge.Api.Sms.Messages;
using Switchboard.Edge.Api.Webhooks.Email;
using Switchboard.Edge.Api.Webhooks.Gmail;
using Switchboard.Edge.Api.Webhooks.Graph;
using Switchboard.Edge.Api.Webhooks.Twilio;
using Switchboard.Edge.Api.Webhooks.WhatsApp;
using Switchboard.Tests.Fixtures.Fuzz;
using Switchboard.Tests.Unit.Rules;
using Switchboard.Workers.Ingest.Sms.Entities;

namespace Switchboard.Tests.Unit.Fuzz;

/// <summary>Whatever providers and programs send is read as far as it says something, and refused in words where it is not JSON at all.</summary>
public sealed class CallbackFuzzTests
{
    private const int Each = 400;

    private static readonly DateTimeOffset Now = Some.Monday;

    private static readonly GraphClientState State = new(Options.Create(new GraphWebhookOptions { ClientState = "ours" }));

    [Fact]
    public void A_callback_of_whatsapp() => FuzzRun.Check(
        OddJson.Near(
            """
            {"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"statuses":[
            {"id":"wamid.1","status":"failed","timestamp":"1700000000","biz_opaque_callback_data":"01a2250d-90ed-7e74-9a6f-633a1b84b8f2",
            "errors":[{"code":131026,"title":"Undeliverable","error_data":{"details":"No"}}]},{"id":"wamid.2","status":"read","timestamp":"1700000000"}]}}]}]}
            """),
        2 * Each, nameof(WhatsAppCallback), json => Refusable(() =>
        {
            var callback = WhatsAppCallback.Read(Bytes(json), Now);
            callback.Updates.ShouldAllBe(update => update.At <= Now && update.ProviderMessageId.Length <= 1_000 && (update.Error ?? "").Length <= 1_001);
        }));

    [Fact]
    public void A_notification_of_graph() => FuzzRun.Check(
        OddJson.Near(
            """
            {"value":[{"subscriptionId":"s","clientState":"ours","changeType":"created","resource":"Users/u/Messages/m1","resourceData":{"id":"m1"}},
            {"subscriptionId":"s","clientState":"ours","lifecycleEvent":"missed"}]}
            """),
        Each, nameof(GraphNotification), json => Refusable(() =>
        {
            if (GraphNotification.Read(Bytes(json)).Value is not { } items)
                return;
            var reading = GraphNotificationReader.Read(items, State);
            (reading.Changes.Count + reading.Rejected + reading.Unreadable).ShouldBe(items.Count);
            reading.Changes.ShouldAllBe(change => StorableText.IsStorable($"{change.SubscriptionId}{change.MessageId}"));
        }));

    [Fact]
    public void A_push_of_gmail() => FuzzRun.Check(
        OddJson.Near("""{"emailAddress":"me@example.com","historyId":"18446744073709551615"}""").Zip(
            OddJson.Near("""{"message":{"data":"DATA","messageId":"1","publishTime":"2026-03-02T09:00:00Z"},"subscription":"s"}"""), (data, push) => (data, push)),
        2 * Each, nameof(GmailChange), one =>
        {
            var data = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(one.data));
            if (GmailChange.Read(Bytes(one.push.Replace("DATA", data, StringComparison.Ordinal))) is { } change)
                (change.HistoryId > 0 && change.EmailAddress.Length <= 320 && StorableText.IsStorable(change.EmailAddress)).ShouldBeTrue();
        });

    [Fact]
    public void A_form_of_twilio() => FuzzRun.Check(
        Odd.BytesNear(
            "MessageSid=SM1&AccountSid=ACdemo&From=%2B15550100001&To=%2B15550100009&Body=Hello+%F0%9F%91%8B+call+%2B14155550123+on+2026-03-02&NumMedia=1"
            + "&MediaUrl0=https%3A%2F%2Fa.test%2F1&MediaContentType0=image%2Fpng&OptOutType=STOP&MessageStatus=failed&ErrorCode=21610",
            "SmsSid=SM2&From=whatsapp%3A%2B5215512345678&Body=%ED%A0%BD%00&NumMedia=99999999999&MediaUrl2147483647=x&From=SUPPORT&=&&%"),
        2 * Each, nameof(FormBody), form =>
        {
            var parameters = TwilioParameters.Of(FormBody.Parse(form));
            _ = SmsStatus.Error(SmsStatus.Of(parameters["MessageStatus"])?.ToString() ?? "", parameters["ErrorCode"]);
            var (sms, errors) = SmsRequest.Read(parameters, Now);
            (sms is null).ShouldBe(errors.Count > 0);
            if (sms is null)
                return;
            sms.Media.Count.ShouldBeLessThanOrEqualTo(SmsRequest.MaxMedia);
            (PhoneNumber.ContactOf(sms.From) is not { } contact || PhoneNumber.FormsOf(contact).Contains(contact)).ShouldBeTrue();
            _ = OptOutKeywords.Of(parameters["OptOutType"], sms.Body);
            var found = TextEntityFinder.Find(StorableText.From(sms.Body), sms.From, Now);
            JsonSerializer.Serialize(found).Length.ShouldBeLessThanOrEqualTo(20 * sms.Body.Length + 1_000);
        });

    [Fact]
    public void Parameters_of_twilio_in_json() => FuzzRun.Check(
        OddJson.Near("""{"MessageSid":"SM1","From":"+15550100001","To":"+15550100009","Body":"a\ud83d","NumMedia":1,"MediaUrl0":"https://a.test/1"}"""),
        Each, nameof(TwilioParameters), json => Refusable(() =>
            SmsRequest.Read(TwilioParameters.Of(Bytes(json)), Now).Sms?.Media.Count.ShouldBeLessThanOrEqualTo(SmsRequest.MaxMedia)));

    [Fact]
    public void Mail_that_a_program_hands_in() => FuzzRun.Check(
        OddJson.Near(
            """{"messageId":"1","from":"a@b.test","to":"c@d.test","subject":"x","text":"y","receivedAt":"2026-03-02T09:00:00Z","headers":{"X":"y"},"attachments":[{"name":"a","contentType":"b/c","size":1}]}""",
            """[{"messageId":"1","from":"a@b.test","to":"c@d.test"},{"messageId":"2","from":"a@b.test","to":"c@d.test"}]"""),
        2 * Each, nameof(EmailReader), json =>
        {
            var (mails, mistakes) = EmailReader.Parse(Bytes(json));
            (mails.Count > 0 || mistakes.Count > 0).ShouldBeTrue();
            foreach (var mail in mistakes.Count == 0 ? mails.Select(mail => mail.ToMail(Now)) : [])
            {
                StorableText.IsStorable(mail.MessageId + mail.From + mail.To + mail.Subject + mail.Text).ShouldBeTrue();
                Rendered(ReceivedMessage.Mail(mail), "{{subject}}: {{text}}");
            }
        });

    [Fact]
    public void A_template_over_any_message() => FuzzRun.Check(
        Odd.Near(MessageTemplate.Default, "{{text}}{{ from }} {{nothing}}", "{{rule}}\n{{subject}} {{to}}").Zip(
            Odd.Near("Hello\n> old", "New\n\nOn Mon, Mar 2, 2026 at 9:00 AM Jane <j@a.test> wrote:\n> old\n-- \nme"), (template, text) => (template, text)),
        2 * Each, nameof(MessageTemplate), one =>
        {
            Rendered(Some.Mail(from: one.template, subject: one.text, text: one.text), one.template);
            _ = MessageTemplate.UnknownPlaceholders(one.template);
            _ = Some.Match(Some.Rule(content: Some.Content(anyOf: [one.template], noneOf: [one.text])), Some.Mail(subject: one.text, text: one.template));
        });

    [Fact]
    public void Short_texts_that_are_taken_apart() => FuzzRun.Check(
        Odd.Near(
            "120", "Fri, 31 Dec 1999 23:59:59 GMT", "Friday, 31-Dec-99 23:59:59 GMT", "Fri Dec 31 23:59:59 1999", "+15550100001", "whatsapp:+5215512345678",
            "2026-03-02T09:00:00+01:00", new Cursor(Now, Guid.Empty).Encode("rules"), "*@*.bank.test", "@bücher.example", "4155550123"),
        3 * Each, nameof(RetryAfterHeader), text =>
        {
            if (RetryAfterHeader.Parse(text, Now, RetryAfterHeader.Longest) is { } wait)
                wait.ShouldBeInRange(TimeSpan.Zero, RetryAfterHeader.Longest);
            if (Times.Parse(text) is { IsSuccess: true, Value: DateTimeOffset time })
                time.ShouldBeInRange(Times.Earliest, Times.Latest);
            if (Cursor.TryDecode("rules", text, out var cursor))
                cursor.Encode("rules").ShouldBe(text);
            PhoneNumber.IsE164(PhoneNumber.ContactOf(text) is { } contact && contact[0] == '+' ? contact : "+15550100001").ShouldBeTrue();
            _ = PhoneNumber.CountryOf(text);
            _ = Some.Match(Some.Rule(Some.Senders([text], [text], [text + "*"], [text])), Some.Mail(from: text));
            FoldedText.Of(text).ShouldBe(FoldedText.Of(FoldedText.Of(text)), "what is folded stays as it is");
        });

    private static void Rendered(ReceivedMessage message, string template)
    {
        var text = MessageTemplate.Render(template, "a rule", message);
        text.Length.ShouldBeLessThanOrEqualTo(MessageTemplate.MaxLength);
        FoldedText.IsBlank(text).ShouldBeFalse();
    }

    private static ReadOnlySequence<byte> Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    // a body that is no JSON is answered 400
    private static void Refusable(Action read)
    {
        try
        {
            read();
        }
        catch (JsonException)
        {
        }
    }
}
