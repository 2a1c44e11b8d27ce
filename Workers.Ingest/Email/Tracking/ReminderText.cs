namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>What a reminder says: who was written to, about what, and how long ago.</summary>
internal static class ReminderText
{
    private const int LongestSubject = 200;

    /// <summary><c>No answer yet from ann@contoso.test and 2 more: "Offer 42", sent 3 days ago.</c></summary>
    public static string Of(DueMail mail, DateTimeOffset now)
    {
        var recipient = mail.Recipient.Length == 0 ? "anybody" : mail.Recipient;
        var more = mail.Recipients > 1 ? $" and {mail.Recipients - 1} more" : "";
        return $"No answer yet from {recipient}{more}: {Subject(mail.Subject)}, sent {Ago(now - mail.SentAt)} ago.";
    }

    private static string Subject(string subject)
    {
        var text = subject.Trim();
        return text.Length == 0 ? "(no subject)" : text.Length > LongestSubject ? $"\"{text[..LongestSubject]}…\"" : $"\"{text}\"";
    }

    // a working day is the least that is waited
    private static string Ago(TimeSpan ago) => ago >= TimeSpan.FromDays(2) ? $"{(int)ago.TotalDays} days" : $"{(int)ago.TotalHours} hours";
}
