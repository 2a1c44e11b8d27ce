using Switchboard.Load.Mail;

namespace Switchboard.Load.Ingest;

/// <summary>Holds the tracked mails of an account against those that were sent from it.</summary>
/// <param name="account">The account.</param>
/// <param name="verdict">What it comes to.</param>
internal sealed class TruthLedger(MailAccount account, IngestVerdict verdict)
{
    private readonly Dictionary<string, MailTruth> _sent = [];
    private readonly HashSet<string> _tracked = [];

    /// <summary>How many were sent.</summary>
    public int Sent => _sent.Count;

    /// <summary>How many of them are tracked, so far as was read.</summary>
    public int Tracked => _tracked.Count;

    /// <summary>A mail that was sent, and what became of it.</summary>
    public void Expect(MailTruth mail) => _sent.Add(mail.InternetMessageId, mail);

    /// <summary>A mail in the product's list.</summary>
    public void Note(TrackedItem item)
    {
        if (!_sent.TryGetValue(item.InternetMessageId, out var truth))
        {
            verdict.Wrong++;
            verdict.Say($"{account.Address}: {item.InternetMessageId} is tracked, but was not sent");
            return;
        }

        if (!_tracked.Add(item.InternetMessageId))
        {
            verdict.Duplicated++;
            verdict.Say($"{account.Address}: {item.InternetMessageId} is there once more, as {item.Id}");
        }

        if (Mistake(truth, item) is { } mistake)
        {
            verdict.Wrong++;
            verdict.Say($"{account.Address}: {item.InternetMessageId} ({item.Id}) {mistake}");
        }
    }

    /// <summary>Counts those that are not there, when all that is there was noted.</summary>
    public void Close()
    {
        foreach (var id in _sent.Keys.Where(id => !_tracked.Contains(id)))
        {
            verdict.Lost++;
            verdict.Say($"{account.Address}: {id} is not tracked");
        }
    }

    private string? Mistake(MailTruth truth, TrackedItem item) => item switch
    {
        _ when item.AccountId != account.Id => $"is of account {item.AccountId}",
        _ when item.Status != truth.Status => $"is {item.Status}, not {truth.Status}",
        _ when item.ResponseSeconds != truth.ResponseSeconds => $"was answered after {Seconds(item.ResponseSeconds)}, not {Seconds(truth.ResponseSeconds)}",
        _ when item.HasResponse != truth.ResponseSeconds is not null => $"has hasResponse {item.HasResponse}, but responseSeconds {Seconds(item.ResponseSeconds)}",
        _ when item.AutoRepliedAt is not null != truth.AutoReplied => $"has {(truth.AutoReplied ? "no" : "an")} automatic reply",
        _ => null,
    };

    private static string Seconds(long? seconds) => seconds is { } given ? $"{given} s" : "none";
}
