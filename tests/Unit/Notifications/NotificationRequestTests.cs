using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;
using Switchboard.Edge.Api.Notifications;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Notifications;

public sealed class NotificationRequestTests
{
    private readonly CreateNotificationValidator _validator = new(new FakeTimeProvider());

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData(" \n", false)]
    [InlineData("\u200B\u2060\u00AD\uFE0F", false)]
    [InlineData("\u200B1", true)]
    [InlineData("👍", true)]
    public void Its_body_can_be_seen(string? body, bool isValid) => Mistakes(body).ShouldBe(isValid ? [] : ["body"]);

    [Theory]
    [InlineData(MessageTemplate.MaxLength, true)]
    [InlineData(MessageTemplate.MaxLength + 1, false)]
    public void Its_body_is_as_long_as_a_message_may_be(int length, bool isValid) =>
        Mistakes(new string('x', length)).ShouldBe(isValid ? [] : ["body"]);

    private List<string> Mistakes(string? body) =>
    [
        .. _validator.Validate(new CreateNotificationRequest { Channel = Channels.WhatsApp, Recipient = "+15550100001", Body = body }).Errors
            .Select(error => FieldNames.Of(error.PropertyName)).Distinct(),
    ];
}
