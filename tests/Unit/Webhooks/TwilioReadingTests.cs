using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Core.Notifications;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Sms.Messages;
using Switchboard.Edge.Api.Webhooks.Twilio;

namespace Switchboard.Tests.Unit.Webhooks;

public sealed class TwilioReadingTests
{
    private const string Valid = "MessageSid=SM1&From=%2B15550100001&To=%2B15550100099&Body=Hello";

    private static readonly DateTimeOffset Now = new(2026, 11, 24, 6, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_form_is_read_field_by_field_in_its_order()
    {
        var fields = FormBody.Parse("a=1&&b&=c&d=x=y&e=%zz%4&f=%00+%2B&a=2"u8);

        fields.Select(field => (field.Name, field.Text)).ShouldBe(
            [("a", "1"), ("b", ""), ("", "c"), ("d", "x=y"), ("e", "%zz%4"), ("f", "\0 +"), ("a", "2")]);
        FormBody.Parse([]).ShouldBeEmpty();
        FormBody.Parse(Encoding.ASCII.GetBytes(string.Join('&', Enumerable.Range(0, 600).Select(n => $"k{n}=v")))).Count.ShouldBe(600);
    }

    [Fact]
    public void Json_has_the_same_parameters_as_strings_or_numbers()
    {
        var parameters = Json("""{"MessageSid":"SM1","NumMedia":2,"More":{"Body":["no"]},"Flag":true,"Body":"a\u0000b","To":null,"Half":"\ud83d"}""");

        parameters["MessageSid"].ShouldBe("SM1");
        parameters["NumMedia"].ShouldBe("2");
        parameters["Body"].ShouldBe("a\0b");
        parameters["Flag"].ShouldBe("true");
        parameters["To"].ShouldBeNull();
        parameters["Half"].ShouldBe("\uFFFD");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{\"a\":")]
    [InlineData("{} x")]
    public void What_is_no_object_in_json_is_an_error(string json) => Should.Throw<JsonException>(() => Json(json));

    [Fact]
    public void An_SMS_with_files_has_each_of_them_even_one_without_an_address()
    {
        var (sms, errors) = Read(Valid + "&NumMedia=3&MediaUrl0=https%3A%2F%2Fm%2F0&MediaContentType0=image%2Fpng&MediaContentType1=audio%2Fogg");

        errors.ShouldBeEmpty();
        sms.ShouldNotBeNull().ShouldSatisfyAllConditions(
            it => (it.MessageSid, it.From, it.To, it.Body, it.ReceivedAt).ShouldBe(("SM1", "+15550100001", "+15550100099", "Hello", Now)),
            it => it.Media.ShouldBe([new InboundMedia("https://m/0", "image/png"), new InboundMedia(null, "audio/ogg"), new InboundMedia(null, null)]));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("&NumMedia=0", 0)]
    [InlineData("&MediaUrl0=u&MediaUrl1=u", 2)]
    [InlineData("&NumMedia=1&MediaUrl4=u", 5)]
    [InlineData("&NumMedia=100", 100)]
    [InlineData("&NumMedia=101", 100)]
    [InlineData("&NumMedia=-1&MediaUrl0=u", 1)]
    [InlineData("&NumMedia=two", 0)]
    [InlineData("&MediaUrl2147483647=u", 100)]
    public void No_file_is_lost_to_a_count_that_is_missing_or_none_and_no_SMS_to_its_files(string more, int count) =>
        Read(Valid + more).Sms.ShouldNotBeNull().Media.Count.ShouldBe(count);

    [Theory]
    [InlineData("From=%2B15550100001&To=1", "MessageSid")]
    [InlineData("MessageSid=a+b&From=%2B15550100001&To=1", "MessageSid")]
    public void What_is_wrong_is_named(string form, string field)
    {
        var (sms, errors) = Read(form);
        sms.ShouldBeNull();
        errors.ShouldHaveSingleItem().Name.ShouldBe(field);
    }

    [Theory]
    [InlineData("12345")]
    [InlineData("123")]
    [InlineData("%2B4915112345678")]
    public void Short_codes_and_numbers_of_any_country_are_senders(string from) =>
        Read($"MessageSid=SM1&From={from}&To=1").Errors.ShouldBeEmpty();

    [Theory]
    [InlineData(null, " stop ", "Stop")]
    [InlineData(null, "StopAll", "Stop")]
    [InlineData(null, "quit", "Stop")]
    [InlineData(null, "stop it", "None")]
    [InlineData(null, "yes", "Start")]
    [InlineData(null, "UNSTOP", "Start")]
    [InlineData(null, "help", "None")]
    [InlineData("STOP", "arrêt", "Stop")]
    [InlineData("START", "vuelve", "Start")]
    [InlineData("HELP", "stop", "None")]
    public void Words_alone_or_what_the_provider_understood_stop_and_start(string? type, string body, string wish) =>
        OptOutKeywords.Of(type, body).ToString().ShouldBe(wish);

    [Fact]
    public void Answers_are_twiml()
    {
        Xml(TwiML.Taken()).ShouldBe("""<?xml version="1.0" encoding="UTF-8"?><Response/>""");
        Xml(TwiML.Reply("a < b & \"c\" 👋")).ShouldBe(
            """<?xml version="1.0" encoding="UTF-8"?><Response><Message>a &lt; b &amp; "c" 👋</Message></Response>""");
        TwiML.Taken().ContentType.ShouldStartWith("text/xml");
    }

    [Theory]
    [InlineData(30, "1 minute.")]
    [InlineData(61, "2 minutes.")]
    [InlineData(3_600, "60 minutes.")]
    public void Over_the_limit_the_sender_is_told_which_and_when_to_come_back(int seconds, string expected) =>
        SmsReplies.Refused(20, TimeSpan.FromSeconds(seconds)).ShouldSatisfyAllConditions(
            text => text.ShouldContain("at most 20 texts an hour"), text => text.ShouldEndWith(expected));

    [Theory]
    [InlineData("sent", DeliveryStatus.Sent)]
    [InlineData("delivered", DeliveryStatus.Delivered)]
    [InlineData("read", DeliveryStatus.Read)]
    [InlineData("undelivered", DeliveryStatus.Failed)]
    [InlineData("failed", DeliveryStatus.Failed)]
    [InlineData("canceled", DeliveryStatus.Failed)]
    [InlineData("queued", null)]
    [InlineData("sending", null)]
    [InlineData("partially_delivered", null)]
    public void A_status_moves_a_notification_or_changes_nothing(string word, DeliveryStatus? status) => SmsStatus.Of(word).ShouldBe(status);

    [Fact]
    public void A_failure_says_why()
    {
        SmsStatus.Error("undelivered", "30003").ShouldBe("30003 Unreachable destination handset");
        SmsStatus.Error("failed", "99999").ShouldBe("99999 Twilio says that it is failed.");
        SmsStatus.Error("failed", null).ShouldBe("Twilio says that it is failed, and not why.");
    }

    private static string Xml(ContentHttpResult result) => result.ResponseContent!;

    private static TwilioParameters Json(string json) => TwilioParameters.Of(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)));

    private static (InboundSms? Sms, IReadOnlyList<Switchboard.Edge.Api.Platform.FieldError> Errors) Read(string form) =>
        SmsRequest.Read(TwilioParameters.Of(FormBody.Parse(Encoding.ASCII.GetBytes(form))), Now);
}
