using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Tests.Ingest;

/// <summary>Mails as a test needs them: only what matters to it is said.</summary>
internal static class Mails
{
    public const string Owner = "owner@example.com";

    /// <summary>A Monday, 9:00 UTC.</summary>
    public static readonly DateTimeOffset Monday = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    public static MailEnvelope Sent(
        string id,
        double hours = 0,
        string to = "ann@contoso.test",
        string subject = "Offer",
        string? conversation = null,
        string[]? categories = null) => new(
            $"provider-{id}", $"<{id}@example.com>", conversation, IsSent: true, Owner, to.Split(' '), subject, At(hours), categories ?? [], []);

    public static MailEnvelope Received(
        string id,
        double hours,
        string? answers = null,
        string from = "ann@contoso.test",
        string subject = "Something else",
        string? conversation = null,
        string? references = null,
        params (string Name, string Value)[] headers) => new(
            $"provider-{id}",
            $"<{id}@contoso.test>",
            conversation,
            IsSent: false,
            from,
            [Owner],
            subject,
            At(hours),
            [],
            [
                .. Header("In-Reply-To", answers is null ? null : $"<{answers}@example.com>"),
                .. Header("References", references),
                .. headers.Select(header => KeyValuePair.Create(header.Name, header.Value)),
            ]);

    public static MailEnvelope OutOfOffice(string id, double hours, string answers) =>
        Received(id, hours, answers, headers: ("Auto-Submitted", "auto-replied"));

    public static MailEnvelope Bounce(string id, double hours, string answers) => Received(
        id, hours, answers, from: "postmaster@contoso.test", headers: ("Content-Type", "multipart/report; report-type=delivery-status"));

    /// <summary>A delivery report that was read: for whom it failed, or whom it tells of when it failed for none.</summary>
    public static MailEnvelope Report(
        string id, double hours, string recipients, string? about = null, bool isFailure = true, string? subject = null, string? conversation = null) =>
        Received(id, hours, from: "postmaster@contoso.test", subject: "Delivery report", conversation: conversation,
            headers: ("Content-Type", "multipart/report; report-type=delivery-status")) with
        {
            Report = new(isFailure, recipients.Split(' ', StringSplitOptions.RemoveEmptyEntries), about is null ? [] : [$"<{about}@example.com>"], subject),
        };

    public static DateTimeOffset At(double hours) => Monday.AddHours(hours);

    private static IEnumerable<KeyValuePair<string, string>> Header(string name, string? value) =>
        value is null ? [] : [KeyValuePair.Create(name, value)];
}
