using System.Text.Json;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications.Notify;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Workers.Dispatch.Notifications.Planning;

namespace Switchboard.Tests.Unit.Notifications.Notify;

/// <summary>What becomes of a request for one recipient, each case on its own.</summary>
public sealed class DeliveryPlanTests
{
    // a Monday, 23:00 in Vienna
    private static readonly DateTimeOffset Night = new(2026, 11, 23, 22, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Morning = new(2026, 11, 24, 6, 0, 0, TimeSpan.Zero);
    private static readonly Guid User = Guid.Parse("00000000-0000-0000-0000-000000000001");
    private static readonly Guid Ann = Guid.Parse("00000000-0000-0000-0000-00000000000a");
    private static readonly Guid Phone = Guid.Parse("00000000-0000-0000-0000-0000000000b1");
    private static readonly Guid Tablet = Guid.Parse("00000000-0000-0000-0000-0000000000b2");

    private static readonly CategorySettings Plain = CategorySettings.Default;
    private static readonly CategorySettings Alarm = new("alarm", IsCritical: true);
    private static readonly CategorySettings Hourly = Plain with { Digest = new(DigestMode.Fixed, 60) };

    private static readonly RecipientPreferences Nothing = RecipientPreferences.None;

    private static readonly RecipientPreferences AtNight = new(
        PreferenceSet.None with { QuietHours = [new([1, 2, 3, 4, 5, 6, 7], new(22, 0), new(7, 0))] }, PreferenceSet.None);

    private static readonly RecipientPreferences NoSms = new(
        new(new Dictionary<string, IReadOnlyDictionary<string, bool>> { ["*"] = new Dictionary<string, bool> { ["sms"] = false } }, null),
        PreferenceSet.None);

    private static readonly RecipientPreferences NoSmsAtNight = new(NoSms.Own with { QuietHours = AtNight.Own.QuietHours }, PreferenceSet.None);

    public static TheoryData<string, string> Cases => new()
    {
        { "at once over each channel named", "sms: Send, inbox: Send" },
        { "whatever reaches the recipient", "whatsapp: Send, sms: Send, email: Send, push: Send, push: Send, inbox: Send" },
        { "the channels of the category", "email: Send" },
        { "every webhook of the user", "webhook: Send" },
        { "no address", "chat: Skip no-address, sms: Send" },
        { "an address that is turned off", "sms: Skip no-address" },
        { "nobody of that id", ": Skip unknown-recipient" },
        { "expired", ": Skip expired" },
        { "not wanted", "sms: Skip preference, inbox: Send" },
        { "not wanted, a critical category", "sms: Send" },
        { "not wanted, only of critical priority", "sms: Skip preference" },
        { "quiet", "sms: Hold quiet-hours until 06:00" },
        { "quiet, expired by then", "sms: Skip expired" },
        { "quiet, a critical category", "sms: Send" },
        { "quiet, of critical priority", "sms: Send" },
        { "gathered", "sms: Digest digest" },
        { "gathered, also in quiet hours and where there were too many", "sms: Digest digest" },
        { "gathered, but at once is asked for", "sms: Send" },
        { "gathered, of critical priority", "sms: Send" },
        { "too many", "sms: Skip throttled, inbox: Send" },
        { "too many, in quiet hours", "sms: Skip throttled" },
        { "too many, of critical priority", "sms: Send" },
        { "in turn", "whatsapp/0: Send, sms/1: Wait, email/2: Wait" },
        { "in turn, beside another", "inbox: Send, whatsapp/0: Send, sms/1: Wait" },
        { "in turn by the category", "whatsapp/0: Send, sms/1: Wait" },
        { "in turn by the category, as far as it goes", "sms: Send" },
        { "in turn, the first has no address", "chat/0: Skip no-address, sms/1: Send, email/2: Wait" },
        { "in turn, the second is not wanted", "whatsapp/0: Send, sms/1: Skip preference, email/2: Wait" },
        { "in turn, quiet", "whatsapp/0: Hold quiet-hours until 06:00, sms/1: Wait" },
        { "in turn, too many of the first", "whatsapp/0: Skip throttled, sms/1: Send" },
        { "in turn, several devices", "push/0: Send, push/0: Send, sms/1: Wait" },
        { "in turn, gathered over the first alone", "whatsapp: Digest digest" },
        { "a mere address", "email: Send" },
        { "a mere address, another channel", ": Skip no-address" },
        { "a mere address, whatever the category says", "email: Send" },
        { "a mere address of a recipient", "sms: Skip preference" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_becomes_of_it(string name, string expected)
    {
        var (request, category, to, preferences, priority, throttled) = CaseOf(name);

        var planned = DeliveryPlan.Of(new(User, request, category, priority), to, preferences, Night, throttled.ToHashSet());

        string.Join(", ", planned.Select(Written)).ShouldBe(expected);
        planned.Select(one => (one.Channel, one.Address)).Distinct().Count().ShouldBe(planned.Count, "a row for each");
    }

    [Theory]
    [InlineData("as it was", "sms: Send")]
    [InlineData("not wanted by now", "sms: Skip preference")]
    [InlineData("quiet anew", "sms: Hold quiet-hours until 06:00")]
    [InlineData("gathered by now", "sms: Send")]
    [InlineData("gone", "sms: Skip unknown-recipient")]
    [InlineData("with another number", "sms: Skip no-address")]
    [InlineData("expired by now", "sms: Skip expired")]
    public void What_becomes_of_what_waited(string name, string expected)
    {
        var request = Request(channels: ["sms"]) with { ExpiresAt = name == "expired by now" ? Night : null };
        var to = name == "gone" ? null : Addressee.Of(Recipient());
        var preferences = name switch { "not wanted by now" => NoSms, "quiet anew" => AtNight, _ => Nothing };
        var waiting = new PlannedDelivery(
            "sms", name == "with another number" ? "+15550109999" : "+15550100001", PlannedAction.Hold, NotifyReasons.QuietHours, Night);

        var again = DeliveryPlan.Again(new(User, request, name == "gathered by now" ? Hourly : Plain, JobPriority.Normal), waiting, to, preferences, Night);

        Written(again).ShouldBe(expected);
    }

    private static (NotifyRequest Request, CategorySettings Category, Addressee To, RecipientPreferences Preferences, JobPriority Priority, string[] Throttled)
        CaseOf(string name)
    {
        var to = Addressee.Of(Recipient());
        var sms = Request(channels: ["sms"]);
        var both = Request(channels: ["sms", "inbox"]);
        NotifyRequest Turns(params string[] channels) => Request() with { Fallback = new(channels, 5) };
        return name switch
        {
            "at once over each channel named" => (both, Plain, to, Nothing, JobPriority.Normal, []),
            "whatever reaches the recipient" => (Request(), Plain, to, Nothing, JobPriority.Normal, []),
            "the channels of the category" => (Request(), Plain with { Channels = ["email"] }, to, Nothing, JobPriority.Normal, []),
            "every webhook of the user" => (Request(channels: ["webhook"]), Plain, to, Nothing, JobPriority.Normal, []),
            "no address" => (Request(channels: ["chat", "sms"]), Plain, to, Nothing, JobPriority.Normal, []),
            "an address that is turned off" => (sms, Plain, Addressee.Of(Recipient("It bounced.")), Nothing, JobPriority.Normal, []),
            "nobody of that id" => (sms, Plain, Addressee.Unknown("nobody"), Nothing, JobPriority.Normal, []),
            "expired" => (sms with { ExpiresAt = Night }, Alarm, to, Nothing, JobPriority.Critical, []),
            "not wanted" => (both, Plain, to, NoSms, JobPriority.Normal, []),
            "not wanted, a critical category" => (sms, Alarm, to, NoSms, JobPriority.Normal, []),
            "not wanted, only of critical priority" => (sms, Plain, to, NoSms, JobPriority.Critical, []),
            "quiet" => (sms, Plain, to, AtNight, JobPriority.Normal, []),
            "quiet, expired by then" => (sms with { ExpiresAt = Morning }, Plain, to, AtNight, JobPriority.Normal, []),
            "quiet, a critical category" => (sms, Alarm, to, AtNight, JobPriority.Normal, []),
            "quiet, of critical priority" => (sms, Plain, to, AtNight, JobPriority.Critical, []),
            "gathered" => (sms, Hourly, to, Nothing, JobPriority.Normal, []),
            "gathered, also in quiet hours and where there were too many" => (sms, Hourly, to, AtNight, JobPriority.Normal, ["sms"]),
            "gathered, but at once is asked for" => (sms with { SkipsDigest = true }, Hourly, to, Nothing, JobPriority.Normal, []),
            "gathered, of critical priority" => (sms, Hourly, to, Nothing, JobPriority.Critical, []),
            "too many" => (both, Plain, to, Nothing, JobPriority.Normal, ["sms"]),
            "too many, in quiet hours" => (sms, Plain, to, AtNight, JobPriority.Normal, ["sms"]),
            "too many, of critical priority" => (sms, Plain, to, Nothing, JobPriority.Critical, ["sms"]),
            "in turn" => (Turns("whatsapp", "sms", "email"), Plain, to, Nothing, JobPriority.Normal, []),
            "in turn, beside another" => (
                Turns("whatsapp", "sms") with { Channels = ["inbox", "sms", "whatsapp"] }, Plain, to, Nothing, JobPriority.Normal, []),
            "in turn by the category" => (Request(), Plain with { Fallback = new(["whatsapp", "sms"]) }, to, Nothing, JobPriority.Normal, []),
            "in turn by the category, as far as it goes" => (
                sms, Plain with { Fallback = new(["whatsapp", "sms"]) }, to, Nothing, JobPriority.Normal, []),
            "in turn, the first has no address" => (Turns("chat", "sms", "email"), Plain, to, Nothing, JobPriority.Normal, []),
            "in turn, the second is not wanted" => (Turns("whatsapp", "sms", "email"), Plain, to, NoSms, JobPriority.Normal, []),
            "in turn, quiet" => (Turns("whatsapp", "sms"), Plain, to, AtNight, JobPriority.Normal, []),
            "in turn, too many of the first" => (Turns("whatsapp", "sms"), Plain, to, Nothing, JobPriority.Normal, ["whatsapp"]),
            "in turn, several devices" => (Turns("push", "sms"), Plain, to, Nothing, JobPriority.Normal, []),
            "in turn, gathered over the first alone" => (Turns("whatsapp", "sms"), Hourly, to, NoSms, JobPriority.Normal, []),
            "a mere address" => (Request(), Plain, Addressee.Of("email", "a@b.test", null), Nothing, JobPriority.Normal, []),
            "a mere address, another channel" => (sms, Plain, Addressee.Of("email", "a@b.test", null), Nothing, JobPriority.Normal, []),
            "a mere address, whatever the category says" => (
                Request(), Plain with { Channels = ["push"], Fallback = new(["push", "sms"]) }, Addressee.Of("email", "a@b.test", null), Nothing,
                JobPriority.Normal, []),
            "a mere address of a recipient" => (
                Request(), Plain, Addressee.Of("sms", "+15550100001", Recipient()), NoSmsAtNight, JobPriority.Normal, []),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such case."),
        };
    }

    private static string Written(PlannedDelivery one) => string.Concat(
        one.Channel, one.Step is { } step ? $"/{step}" : "", $": {one.Action}", one.Reason is null ? "" : $" {one.Reason}",
        one.Until is { } until ? $" until {until:HH:mm}" : "");

    private static NotifyRequest Request(string[]? channels = null) =>
        new() { To = [new() { Id = "ann" }], Content = new(null, "text"), Channels = channels };

    private static Recipient Recipient(string? disabled = null) => new(
        Ann, "ann", "Europe/Vienna", "de-AT", JsonDocument.Parse("{}").RootElement,
        [
            new(Guid.CreateVersion7(), Ann, "email", "", "ann@example.com", disabled), new(Guid.CreateVersion7(), Ann, "sms", "", "+15550100001", disabled),
            new(Guid.CreateVersion7(), Ann, "whatsapp", "", "+15550100001", disabled), new(Phone, Ann, "push", "fcm", "token", disabled),
            new(Tablet, Ann, "push", "apns", "token", disabled),
        ]);
}
