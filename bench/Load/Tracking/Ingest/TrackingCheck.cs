using Switchboard.Load.Running;

namespace Switchboard.Load.Tracking.Ingest;

/// <summary>Reads every tracked mail of the accounts and compares it with what the simulator expects.</summary>
internal sealed class TrackingCheck(ApiClient edge, ApiClient simulator, LoadUser user)
{
    private const int PageSize = 10_000;

    /// <summary>Checks all of them, one account after the other.</summary>
    public async Task<TrackingResult> RunAsync(
        IReadOnlyList<EmailAccount> accounts, Action<double> progress, CancellationToken cancellationToken)
    {
        var result = new TrackingResult();
        var done = 0;
        foreach (var account in accounts)
        {
            var comparison = new TrackingComparison(account, result);
            await ReadExpectedAsync(comparison, account.Address, cancellationToken);
            await foreach (var page in TrackedEmails.PagesAsync(edge, user.Key, account.Id, cancellationToken))
            {
                foreach (var item in page)
                {
                    comparison.Add(item);
                }

                progress(done + comparison.Tracked);
            }

            comparison.CountLost();
            done += comparison.Sent;
        }

        return result;
    }

    private async Task ReadExpectedAsync(TrackingComparison comparison, string address, CancellationToken cancellationToken)
    {
        int total;
        do
        {
            var page = await simulator.GetAsync(
                $"/_sim/graph/mailboxes/{Uri.EscapeDataString(address)}/truth/mails?offset={comparison.Sent}&limit={PageSize}",
                null,
                IngestJson.Default.ExpectedEmailPage,
                cancellationToken);
            foreach (var mail in page.Items)
            {
                comparison.Expect(mail);
            }

            total = page.Total;
        }
        while (comparison.Sent < total);
    }
}

/// <summary>Compares the tracked mails of an account with those that were sent from it.</summary>
/// <param name="account">The account.</param>
/// <param name="result">Where the differences are counted.</param>
internal sealed class TrackingComparison(EmailAccount account, TrackingResult result)
{
    private readonly Dictionary<string, ExpectedEmail> _sent = [];
    private readonly HashSet<string> _tracked = [];

    /// <summary>How many were sent.</summary>
    public int Sent => _sent.Count;

    /// <summary>How many of them are tracked, as far as read.</summary>
    public int Tracked => _tracked.Count;

    /// <summary>A mail that was sent, and its expected outcome.</summary>
    public void Expect(ExpectedEmail mail) => _sent.Add(mail.InternetMessageId, mail);

    /// <summary>A mail in the product's list.</summary>
    public void Add(TrackedEmail item)
    {
        if (!_sent.TryGetValue(item.InternetMessageId, out var expected))
        {
            result.Wrong++;
            result.AddExample($"{account.Address}: {item.InternetMessageId} is tracked, but was not sent");
            return;
        }

        if (!_tracked.Add(item.InternetMessageId))
        {
            result.Duplicated++;
            result.AddExample($"{account.Address}: {item.InternetMessageId} is tracked again, as {item.Id}");
        }

        if (Difference(expected, item) is { } difference)
        {
            result.Wrong++;
            result.AddExample($"{account.Address}: {item.InternetMessageId} ({item.Id}) {difference}");
        }
    }

    /// <summary>Counts the sent mails that are not tracked, after all tracked ones were added.</summary>
    public void CountLost()
    {
        foreach (var id in _sent.Keys.Where(id => !_tracked.Contains(id)))
        {
            result.Lost++;
            result.AddExample($"{account.Address}: {id} is not tracked");
        }
    }

    private string? Difference(ExpectedEmail expected, TrackedEmail item) => item switch
    {
        _ when item.AccountId != account.Id => $"is of account {item.AccountId}",
        _ when item.Status != expected.Status => $"is {item.Status}, not {expected.Status}",
        _ when item.ResponseSeconds != expected.ResponseSeconds =>
            $"was answered after {Seconds(item.ResponseSeconds)}, not {Seconds(expected.ResponseSeconds)}",
        _ when item.HasResponse != expected.ResponseSeconds is not null =>
            $"has hasResponse {item.HasResponse}, but responseSeconds {Seconds(item.ResponseSeconds)}",
        _ when item.AutoRepliedAt is not null != expected.AutoReplied => $"has {(expected.AutoReplied ? "no" : "an")} automatic reply",
        _ => null,
    };

    private static string Seconds(long? seconds) => seconds is { } given ? $"{given} s" : "none";
}

/// <summary>How the tracked mails compare to those that were sent.</summary>
internal sealed class TrackingResult
{
    private const int MaxExamples = 10;

    /// <summary>Sent mails that are not tracked.</summary>
    public long Lost { get; set; }

    /// <summary>Tracked mails beyond the first for the same sent mail.</summary>
    public long Duplicated { get; set; }

    /// <summary>Tracked mails that differ from what is expected.</summary>
    public long Wrong { get; set; }

    /// <summary>Examples of what is wrong.</summary>
    public List<string> Examples { get; } = [];

    public void AddExample(string example)
    {
        if (Examples.Count < MaxExamples)
        {
            Examples.Add(example);
        }
    }
}

internal sealed record ExpectedEmailPage(IReadOnlyList<ExpectedEmail> Items, int Total);

/// <summary>A sent mail and its outcome, as the simulator knows it.</summary>
internal sealed record ExpectedEmail(string InternetMessageId, string Status, long? ResponseSeconds, bool AutoReplied);
