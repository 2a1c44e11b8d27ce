using Switchboard.Load.Driving;

namespace Switchboard.Load.Tracked;

/// <summary>Which list and which figures each number of a run asks for: as people do who look at their mail, and no two the same for long.</summary>
/// <param name="sample">What there is to ask for.</param>
/// <param name="seed">For other requests than in another run, whose answers may still be in a cache.</param>
/// <param name="across">The share of requests about all accounts together.</param>
internal sealed class QueryPlan(TrackedSample sample, long seed, double across = 0)
{
    private static readonly string[] Statuses = ["active", "active", "responded", "responded", "bounced", "expired"];
    private static readonly string?[] Sorts = [null, null, null, null, "-sentAt", "sentAt", "-respondedAt", "respondedAt"];
    private static readonly int[] Limits = [50, 50, 20, 100];
    private static readonly (string Bucket, int Days)[] Buckets = [("hour", 7), ("day", 31), ("day", 92), ("week", 182), ("month", 366)];

    private readonly Zipf _accounts = new(sample.Accounts.Count);

    /// <summary>The list with this number.</summary>
    public TrackedQuery TrackedOf(long number)
    {
        var dice = DiceOf(number);
        var query = new TrackedQuery { Account = AccountOf(ref dice), Sort = Pick(Sorts, ref dice), Limit = Pick(Limits, ref dice) };
        query = dice.Next() switch
        {
            < 0.3 => query with { Status = Pick(Statuses, ref dice) },
            // in the order of answers there are only mails with one
            < 0.5 => query with { HasResponse = dice.Next() < 0.5 || query.Sort?.EndsWith("respondedAt", StringComparison.Ordinal) is true },
            _ => query,
        };
        query = dice.Next() switch
        {
            < 0.1 when sample.Recipients.Count > 0 => query with { Recipient = Pick(sample.Recipients, ref dice) },
            < 0.2 when sample.Recipients.Count > 0 => query with { Recipient = DomainOf(Pick(sample.Recipients, ref dice)) },
            < 0.4 when sample.Words.Count > 0 => query with { Search = BeginningOf(Pick(sample.Words, ref dice), ref dice) },
            _ => query,
        };
        if (dice.Next() < 0.4)
        {
            var (from, to) = TimeOf(ref dice, 90);
            query = query with { Since = from, Until = dice.Next() < 0.5 ? to : null };
        }

        return dice.Next() < 0.15 ? query with { Page = 1 + (int)(dice.Next() * 20) } : query;
    }

    /// <summary>Whether the list with this number is the next page of one that was asked for before.</summary>
    public bool GoesOn(long number) => new Dice(~(seed + number)).Next() < 0.25;

    /// <summary>Where the figures with this number are asked for.</summary>
    public string AnalyticsOf(long number)
    {
        var dice = DiceOf(number);
        var (bucket, days) = Pick(Buckets, ref dice);
        var account = AccountOf(ref dice);
        var (from, to) = TimeOf(ref dice, days);
        return $"/api/emails/analytics?bucket={bucket}&from={from:yyyy-MM-ddTHH:mm:ssZ}&to={to:yyyy-MM-ddTHH:mm:ssZ}{(account is null ? "" : $"&accountId={account}")}";
    }

    /// <summary>The account that the sync with this number is of.</summary>
    public Guid SyncOf(long number)
    {
        var dice = DiceOf(number);
        return Pick(sample.Syncable, ref dice);
    }

    private Dice DiceOf(long number) => new(seed + number);

    // the first accounts are looked at more often than the others
    private Guid? AccountOf(ref Dice dice)
    {
        var (all, account) = (dice.Next() < across, sample.Accounts[_accounts.At(dice.Next())]);
        return all ? null : account;
    }

    // most ask for whole days in UTC, some for any minutes
    private (DateTimeOffset From, DateTimeOffset To) TimeOf(ref Dice dice, int mostDays)
    {
        var minutes = Math.Max(1, (sample.To - sample.From).TotalMinutes);
        var length = Math.Min(minutes, (1 + (dice.Next() * (mostDays - 1))) * 1440);
        var from = sample.From.AddMinutes(Math.Floor(dice.Next() * (minutes - length)));
        var to = from.AddMinutes(Math.Ceiling(length));
        return dice.Next() < 0.7
            ? (new DateTimeOffset(from.UtcDateTime.Date, TimeSpan.Zero), new DateTimeOffset(to.UtcDateTime.Date.AddDays(1), TimeSpan.Zero))
            : (from.ToUniversalTime(), to.ToUniversalTime());
    }

    private static string DomainOf(string address) => address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..];

    private static string BeginningOf(string word, ref Dice dice) => word[..Math.Max(3, (int)(dice.Next() * (word.Length + 1)))];

    private static T Pick<T>(IReadOnlyList<T> choices, ref Dice dice) => choices[(int)(dice.Next() * choices.Count)];
}
