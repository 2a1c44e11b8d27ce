using Switchboard.Core.Rules;
using Switchboard.Edge.Api.Platform;
using Switchboard.Edge.Api.Rules;
using Switchboard.Edge.Api.Webhooks.Email;

namespace Switchboard.Tests.Unit.Rules;

public sealed class RuleTrialTests
{
    private static readonly EmailRequest Mail = new() { From = "a@b.test", To = "c@d.test" };
    private static readonly TestSms Text = new() { From = "+15550100002", Body = "hello" };

    private readonly TestRulesValidator _validator = new();

    [Fact]
    public void Rules_are_tried_on_a_mail_or_on_an_sms()
    {
        Mistakes(new() { Mail = Mail }).ShouldBeEmpty();
        Mistakes(new() { Text = Text }).ShouldBeEmpty();
    }

    [Fact]
    public void Neither_and_both_are_mistakes()
    {
        Mistakes(new()).ShouldBe(["mail"]);
        Mistakes(new() { Mail = Mail, Text = Text }).ShouldBe(["text"]);
    }

    [Fact]
    public void Each_mistake_of_an_sms_is_named() =>
        Mistakes(new()
        {
            Text = new()
            {
                From = "555",
                To = "nobody",
                Body = "a\0b",
                Media = [new() { ContentType = "audio/ogg" }, null, new() { Transcript = "\ud800" }],
            },
        }).ShouldBe(["text.from", "text.to", "text.body", "text.media[1]", "text.media[2].transcript"], ignoreOrder: true);

    [Fact]
    public void An_sms_without_a_sender_is_refused() => Mistakes(new() { Text = new() { Body = "hello" } }).ShouldBe(["text.from"]);

    [Fact]
    public void What_is_said_in_its_audio_is_part_of_the_sms()
    {
        var text = new TestSms
        {
            From = "+15550100002",
            Body = "listen",
            Media = [new() { ContentType = "image/png" }, new() { ContentType = "audio/ogg", Transcript = "there is a fire" }],
        };

        text.ToMessage(DateTimeOffset.UnixEpoch).ShouldBe(
            new ReceivedMessage(MessageKind.Text, "+15550100002", "", "", "listen\nthere is a fire", DateTimeOffset.UnixEpoch, true));
    }

    private List<string> Mistakes(TestRulesRequest request) =>
        [.. _validator.Validate(request).Errors.Select(error => FieldNames.Of(error.PropertyName))];
}
