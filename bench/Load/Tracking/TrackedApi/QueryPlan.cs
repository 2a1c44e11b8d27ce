using System.Globalization;
using System.Text;
using Switchboard.Load.Running;

namespace Switchboard.Load.Tracking.TrackedApi;

/// <summary>
/// Which list and which analytics each number of a run asks for: varied as people look at their mail, with few repetitions.
/// </summary>
/// <param name="sample">What there is to ask for.</param>
/// <param name="seed">Makes the requests differ from those of other runs, whose answers may still be cached.</param>
/// <param name="across">The share of requests about all accounts together.</param>
internal sealed class QueryPlan(AccountSample sample, long seed, double across = 0)
{
    private static readonly string[] Statuses = ["active", "active", "responded", "responded", "bounced", "expired"];
    private static readonly string?[] Sorts = [null, null, null, null, "-sentAt", "sentAt", "-respondedAt", "respondedAt"];
    private static readonly int[] Limits = [50, 50, 20, 100];
    private static readonly (string Bucket, int Days)[] Buckets = [("hour", 7), ("day", 31), ("day", 92), ("week", 182), ("month", 366)];

    private readonly Zipf _accounts = new(sample.Accounts.Count);

    /// <summary>The list with this number.</summary>
    public TrackedQuery TrackedOf(long number)
    {
        var random = RandomOf(number);
        var query = new TrackedQuery { Account = AccountOf(ref random), Sort = Pick(Sorts, ref random), Limit = Pick(Limits, ref random) };
        query = random.Next() switch
        {
            < 0.3 => query with { Status = Pick(Statuses, ref random) },
            // sorted by reply there are only mails with one
            < 0.5 => query with { HasResponse = random.Next() < 0.5 || query.IsSortedByReply },
            _ => query,
        };
        query = random.Next() switch
        {
            < 0.1 when sample.Recipients.Count > 0 => query with { Recipient = Pick(sample.Recipients, ref random) },
            < 0.2 when sample.Recipients.Count > 0 => query with { Recipient = DomainOf(Pick(sample.Recipients, ref random)) },
            < 0.4 when sample.Words.Count > 0 => query with { Search = PrefixOf(Pick(sample.Words, ref random), ref random) },
            _ => query,
        };
        if (random.Next() < 0.4)
        {
            var (from, to) = TimeOf(ref random, 90);
            query = query with { Since = from, Until = random.Next() < 0.5 ? to : null };
        }

        return random.Next() < 0.15 ? query with { Page = 1 + (int)(random.Next() * 20) } : query;
    }

    /// <summary>Whether the list with this number is the next page of one that was asked for before.</summary>
    public bool IsNextPage(long number) => new SeededRandom(~(seed + number)).Next() < 0.25;

    /// <summary>The path of the analytics with this number.</summary>
    public string AnalyticsOf(long number)
    {
        var random = RandomOf(number);
        var (bucket, days) = Pick(Buckets, ref random);
        var account = AccountOf(ref random);
        var (from, to) = TimeOf(ref random, days);
        return $"/api/emails/analytics?bucket={bucket}&from={from:yyyy-MM-ddTHH:mm:ssZ}&to={to:yyyy-MM-ddTHH:mm:ssZ}"
            + (account is null ? "" : $"&accountId={account}");
    }

    /// <summary>The account that the sync with this number is of.</summary>
    public Guid SyncOf(long number)
    {
        var random = RandomOf(number);
        return Pick(sample.Syncable, ref random);
    }

    private SeededRandom RandomOf(long number) => new(seed + number);

    // the first accounts are looked at more often than the others
    private Guid? AccountOf(ref SeededRandom random)
    {
        var (all, account) = (random.Next() < across, sample.Accounts[_accounts.At(random.Next())]);
        return all ? null : account;
    }

    // most ask for whole days in UTC, some for any minutes
    private (DateTimeOffset From, DateTimeOffset To) TimeOf(ref SeededRandom random, int maxDays)
    {
        var minutes = Math.Max(1, (sample.To - sample.From).TotalMinutes);
        var length = Math.Min(minutes, (1 + (random.Next() * (maxDays - 1))) * 1440);
        var from = sample.From.AddMinutes(Math.Floor(random.Next() * (minutes - length)));
        var to = from.AddMinutes(Math.Ceiling(length));
        return random.Next() < 0.7
            ? (new DateTimeOffset(from.UtcDateTime.Date, TimeSpan.Zero), new DateTimeOffset(to.UtcDateTime.Date.AddDays(1), TimeSpan.Zero))
            : (from.ToUniversalTime(), to.ToUniversalTime());
    }

    private static string DomainOf(string address) => address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..];

    private static string PrefixOf(string word, ref SeededRandom random) => word[..Math.Max(3, (int)(random.Next() * (word.Length + 1)))];

    private static T Pick<T>(IReadOnlyList<T> choices, ref SeededRandom random) => choices[(int)(random.Next() * choices.Count)];
}

/// <summary>A query for a list of tracked mails; what is null is not asked for.</summary>
internal sealed record TrackedQuery
{
    public Guid? Account { get; init; }

    public string? Status { get; init; }

    public bool? HasResponse { get; init; }

    /// <summary>An address or a domain.</summary>
    public string? Recipient { get; init; }

    /// <summary>The beginning of a word of the subject.</summary>
    public string? Search { get; init; }

    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Until { get; init; }

    /// <summary>The order; null for the newest first.</summary>
    public string? Sort { get; init; }

    public bool IsSortedByReply => Sort?.TrimStart('-') == "respondedAt";

    public int Limit { get; init; } = 50;

    /// <summary>From 1; null with cursors.</summary>
    public int? Page { get; init; }

    /// <summary>The path of the request.</summary>
    /// <param name="cursor">Where the page starts; null for the first.</param>
    public string Path(string? cursor = null)
    {
        var path = new StringBuilder("/api/emails/tracked?limit=").Append(Limit.ToString(CultureInfo.InvariantCulture));
        Add("accountId", Account?.ToString());
        Add("status", Status);
        Add("hasResponse", HasResponse is { } has ? has ? "true" : "false" : null);
        Add("recipient", Recipient);
        Add("search", Search);
        Add("since", Time(Since));
        Add("until", Time(Until));
        Add("sort", Sort);
        Add("page", Page?.ToString(CultureInfo.InvariantCulture));
        Add("cursor", cursor);
        return path.ToString();

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                path.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }
    }

    /// <summary>What in an answer does not match the query; null when all does.</summary>
    public string? FindError(IReadOnlyList<TrackedEmail> items) =>
        items.Count > Limit ? $"has {items.Count} items, more than {Limit}"
        : items.FirstOrDefault(item => !Matches(item)) is { } other ? $"has {other.Id}, which it did not ask for"
        : IsSorted(items) ? null
        : "is not in its order";

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private bool Matches(TrackedEmail item) =>
        (Account is null || item.AccountId == Account)
        && (Status is null || item.Status == Status)
        && (HasResponse is null || item.HasResponse == HasResponse)
        && (Recipient is null || item.Recipients.Any(
            recipient => recipient == Recipient || recipient.EndsWith('@' + Recipient, StringComparison.Ordinal)))
        && (Search is null || item.Subject.Contains(Search, StringComparison.OrdinalIgnoreCase))
        && (Since is null || item.SentAt >= Since)
        && (Until is null || item.SentAt <= Until);

    // where mails without a reply are sorted among those with one is up to the product
    private bool IsSorted(IReadOnlyList<TrackedEmail> items)
    {
        var times = IsSortedByReply
            ? [.. items.Select(item => item.RespondedAt).OfType<DateTimeOffset>()]
            : items.Select(item => item.SentAt).ToList();
        return times.SequenceEqual(Sort is null || Sort.StartsWith('-') ? times.OrderDescending() : times.Order());
    }
}
