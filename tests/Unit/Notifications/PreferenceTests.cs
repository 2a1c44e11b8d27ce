using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Tests.Unit.Notifications;

/// <summary>What is wanted: the recipient's own choice, then the category's, then the user's for all; yes where nobody chose.</summary>
public sealed class PreferenceTests
{
    [Theory]
    [InlineData("", "", "", true)]
    [InlineData("", "", "orders/email-", false)]
    [InlineData("", "email+", "orders/email-", true)]
    [InlineData("orders/email-", "email+", "orders/email+", false)]
    [InlineData("", "*-", "", false)]
    [InlineData("", "*- email+", "", true)]
    [InlineData("orders/*-", "", "", false)]
    [InlineData("orders/*- orders/email+", "", "", true)]
    [InlineData("*/email-", "email+", "", false)]
    [InlineData("*/*-", "", "", false)]
    [InlineData("*/email- orders/*+", "", "", true)] // what names the category counts more
    [InlineData("news/email- orders/sms-", "", "", true)]
    public void The_nearest_choice_counts(string own, string category, string defaults, bool isWanted)
    {
        var settings = new CategorySettings("orders", IsCritical: false, Preferences: category.Length == 0 ? null : Channels(category.Split(' ')));

        new RecipientPreferences(Set(own), Set(defaults)).Wants("orders", "email", settings).ShouldBe(isWanted);
        new RecipientPreferences(Set(own), Set(defaults)).Wants("orders", "email", settings with { IsCritical = true }).ShouldBeTrue();
    }

    [Fact]
    public void Quiet_hours_are_the_recipients_own_and_else_the_users()
    {
        var now = new DateTimeOffset(2026, 1, 9, 22, 30, 0, TimeSpan.Zero);
        QuietWindow[] night = [new([1, 2, 3, 4, 5, 6, 7], new(22, 0), new(7, 0))];
        var (quiet, none, unsaid) = (PreferenceSet.None with { QuietHours = night }, PreferenceSet.None with { QuietHours = [] }, PreferenceSet.None);

        new RecipientPreferences(unsaid, quiet).QuietUntil(now, null).ShouldBe(now.AddHours(8.5));
        new RecipientPreferences(quiet, unsaid).QuietUntil(now, "Europe/Vienna").ShouldBe(now.AddHours(7.5));
        new RecipientPreferences(none, quiet).QuietUntil(now, null).ShouldBeNull();
        new RecipientPreferences(unsaid, unsaid).QuietUntil(now, null).ShouldBeNull();
    }

    [Theory]
    [InlineData("1234567 00:00 00:00", true)]
    [InlineData("1234567 22:00 21:59", false)]
    [InlineData("1234567 22:00 07:00, 1234567 07:00 22:00", true)]
    [InlineData("123456 00:00 00:00, 7 00:00 23:59", false)]
    [InlineData("123456 00:00 00:00, 7 12:00 12:00", false)]
    public void Quiet_hours_leave_something_of_a_week(string windows, bool isNothing) => QuietHours.LeaveNothing(
    [
        .. windows.Split(", ").Select(window => window.Split(' ')).Select(part => new QuietWindow(
            [.. part[0].Select(day => day - '0')], TimeOnly.Parse(part[1], null), TimeOnly.Parse(part[2], null))),
    ]).ShouldBe(isNothing);

    // "orders/email- */sms+"
    private static PreferenceSet Set(string choices) => PreferenceSet.None with
    {
        Choices = choices.Split(' ', StringSplitOptions.RemoveEmptyEntries).GroupBy(choice => choice.Split('/')[0])
            .ToDictionary(
                category => category.Key,
                category => (IReadOnlyDictionary<string, bool>)Channels([.. category.Select(choice => choice.Split('/')[1])])),
    };

    private static Dictionary<string, bool> Channels(string[] choices) =>
        choices.ToDictionary(choice => choice[..^1], choice => choice[^1] == '+');
}
