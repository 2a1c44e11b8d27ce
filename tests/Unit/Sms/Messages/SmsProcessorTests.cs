using Switchboard.Core.Jobs;
using Switchboard.Core.Rules;
using Switchboard.Core.Sms;
using Switchboard.Tests.Unit.Rules;
using Switchboard.Workers.Ingest.Sms.Media;
using Switchboard.Workers.Ingest.Sms.Messages;

namespace Switchboard.Tests.Unit.Sms.Messages;

public sealed class SmsProcessorTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    private static readonly Guid Ann = Guid.CreateVersion7();
    private static readonly InboundMedia Picture = new("https://media.test/1", "image/png");
    private static readonly InboundMedia Voice = new("https://media.test/2", "audio/ogg");
    private static readonly Dictionary<Guid, CompiledRules> Rules = new()
    {
        [Ann] = new([Some.Rule(content: Some.Content(anyOf: ["invoice"]), name: "Invoices")]),
    };

    [Fact]
    public void The_same_sms_twice_in_a_batch_is_one_and_they_are_in_the_order_of_their_sids() =>
        SmsProcessor.Match([Incoming("SM2"), Incoming("SM1"), Incoming("SM2", "other"), Incoming("SM10")], Rules, Now)
            .Select(text => (text.Incoming.Sid, text.Incoming.Body)).ShouldBe([("SM1", "invoice"), ("SM10", "invoice"), ("SM2", "invoice")]);

    [Fact]
    public void An_sms_of_a_user_that_there_is_not_is_left_out_and_does_not_hide_the_same_of_one_that_there_is()
    {
        var otherUser = Incoming("SM1") with { UserId = Guid.CreateVersion7() };

        SmsProcessor.Match([otherUser], Rules, Now).ShouldBeEmpty();
        SmsProcessor.Match([otherUser, Incoming("SM1")], Rules, Now).ShouldHaveSingleItem().Incoming.UserId.ShouldBe(Ann);
    }

    [Fact]
    public void Who_gets_many_SMS_waits_for_them_alone_unless_there_is_nobody_else()
    {
        var bob = Guid.CreateVersion7();
        IncomingSms[] many = [.. Enumerable.Range(0, 100).Select(number => Incoming($"SM{number}"))];
        IncomingSms[] batch = [.. many, .. Enumerable.Range(100, 10).Select(number => Incoming($"SM{number}") with { UserId = bob })];

        var shares = SmsProcessor.Shares(batch).ToList();

        shares.Select(share => share.Count(sms => sms.UserId == Ann)).ShouldBe([32, 32, 32, 4]);
        shares.Select(share => share.Count(sms => sms.UserId == bob)).ShouldBe([10, 0, 0, 0]);
        SmsProcessor.Shares(many).ShouldHaveSingleItem().ShouldBe(many);
        SmsProcessor.Shares([]).ShouldBeEmpty();
    }

    [Fact]
    public void A_match_becomes_a_notification_that_knows_its_sms_and_rule()
    {
        var text = Match(Incoming("SM1"));

        var notification = text.Notifications().ShouldHaveSingleItem();

        (notification.UserId, notification.Source, notification.RuleId, notification.Priority)
            .ShouldBe((Ann, new("text", text.Id), text.Rules![0].Id, JobPriority.High));
        notification.Body.ShouldBe("Text from +15550100002:\ninvoice");
    }

    [Fact]
    public void Rules_wait_for_what_is_said_in_audio_that_can_be_fetched()
    {
        Match(Incoming("SM1", media: [Picture])).Rules.ShouldNotBeNull();
        Match(Incoming("SM1", media: [Picture, Voice])).Rules.ShouldBeNull();
        Match(Incoming("SM1", media: [Voice])).Notifications().ShouldBeEmpty();
        // nobody else would ask them
        Match(Incoming("SM1", media: [Voice with { Url = null }])).Rules.ShouldHaveSingleItem();
    }

    [Fact]
    public void An_sms_alone_is_one_item_that_is_completed_with_what_is_in_it()
    {
        var item = Match(Incoming("SM1", "invoice €12")).Items(Some.Monday).ShouldHaveSingleItem();

        (item.Part, item.Kind, item.Status, item.Text, item.MediaUrl, item.Of.Incoming.Source)
            .ShouldBe(((short)0, "text", "completed", "invoice €12", null, "sms"));
        TextEntitiesJson.Read(item.Entities!).Amounts.ShouldBe([new("€12", 12, "EUR")]);
    }

    [Fact]
    public void Each_media_file_is_an_item_that_waits_or_has_failed_already()
    {
        var items = Match(Incoming("SM1", media: [Picture, new(null, "video/mp4"), Voice, new("https://media.test/4", null)])).Items(Some.Monday);

        items.Select(item => (item.Part, item.Kind, item.Status, item.Reason, item.Of.Incoming.Source)).ShouldBe(
        [
            ((short)0, "text", "completed", null, "mms"),
            ((short)1, "image", "pending", null, "mms"),
            ((short)2, "video", "failed", "The provider named no address for this file.", "mms"),
            ((short)3, "audio", "pending", null, "mms"),
            ((short)4, "document", "pending", null, "mms"),
        ]);
    }

    [Fact]
    public void In_a_list_newest_first_the_sms_stands_before_its_files() =>
        Match(Incoming("SM1", media: [.. Enumerable.Repeat(Picture, 9)])).Items(Some.Monday).OrderByDescending(item => item.Id)
            .Select(item => (int)item.Part).ShouldBe(Enumerable.Range(0, 10));

    [Theory]
    [InlineData("", 0, new[] { 0 })]
    [InlineData("", 2, new[] { 1, 2 })]
    [InlineData("🎉", 1, new[] { 0, 1 })]
    [InlineData(" ", 1, new[] { 0, 1 })]
    public void The_sms_is_an_item_unless_there_are_only_media(string body, int media, int[] parts) =>
        Match(Incoming("SM1", body, [.. Enumerable.Repeat(Picture, media)])).Items(Some.Monday).Select(item => (int)item.Part).ShouldBe(parts);

    [Fact]
    public void An_sms_of_fifty_files_is_fifty_one_items() =>
        Match(Incoming("SM1", media: [.. Enumerable.Repeat(Picture, 50)])).Items(Some.Monday).Count().ShouldBe(51);

    [Fact]
    public void What_postgres_would_refuse_is_replaced_everywhere()
    {
        var text = Match(Incoming("SM\0", "a\0b\ud800", [new("https://media.test/\0", "image/\0")]));

        text.Incoming.Sid.ShouldBe("SM\uFFFD");
        var items = text.Items(Some.Monday).ToList();
        (items[0].Text, items[1].MediaUrl, items[1].ContentType).ShouldBe(("a\uFFFDb\uFFFD", "https://media.test/\uFFFD", "image/\uFFFD"));
    }

    [Theory]
    [InlineData("image/png", "image")]
    [InlineData("Audio/OGG; codecs=opus", "audio")]
    [InlineData(" video/mp4", "video")]
    [InlineData("application/pdf", "document")]
    [InlineData("images/x", "document")]
    [InlineData("", "document")]
    [InlineData(null, "document")]
    public void The_media_type_says_what_it_is(string? contentType, string kind) => MediaKind.Of(contentType).ShouldBe(kind);

    private static MatchedSms Match(IncomingSms text) => SmsProcessor.Match([text], Rules, Now).ShouldHaveSingleItem();

    private static IncomingSms Incoming(string sid, string body = "invoice", InboundMedia[]? media = null) =>
        new(Ann, new InboundSms(sid, "+15550100002", "+15550100009", body, media ?? [], Some.Monday), null);
}
