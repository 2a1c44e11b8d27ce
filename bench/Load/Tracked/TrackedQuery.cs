using System.Globalization;
using System.Text;
using Switchboard.Load.Mail;

namespace Switchboard.Load.Tracked;

/// <summary>A list of tracked mails that is asked for; what is null is not asked.</summary>
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

    public int Limit { get; init; } = 50;

    /// <summary>From 1; null where one goes on by cursors.</summary>
    public int? Page { get; init; }

    /// <summary>Where it is asked for.</summary>
    /// <param name="cursor">From where on; null for the first.</param>
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

    /// <summary>What in an answer was not asked for; null for nothing.</summary>
    public string? Mistake(IReadOnlyList<TrackedItem> items) =>
        items.Count > Limit ? $"has {items.Count} items, more than {Limit}"
        : items.FirstOrDefault(item => !Asks(item)) is { } other ? $"has {other.Id}, which it did not ask for"
        : IsSorted(items) ? null
        : "is not in its order";

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private bool Asks(TrackedItem item) =>
        (Account is null || item.AccountId == Account)
        && (Status is null || item.Status == Status)
        && (HasResponse is null || item.HasResponse == HasResponse)
        && (Recipient is null || item.Recipients.Any(recipient => recipient == Recipient || recipient.EndsWith('@' + Recipient, StringComparison.Ordinal)))
        && (Search is null || item.Subject.Contains(Search, StringComparison.OrdinalIgnoreCase))
        && (Since is null || item.SentAt >= Since)
        && (Until is null || item.SentAt <= Until);

    // where a mail without an answer stands among those with one is the product's choice
    private bool IsSorted(IReadOnlyList<TrackedItem> items)
    {
        var times = Sort?.TrimStart('-') == "respondedAt"
            ? [.. items.Select(item => item.RespondedAt).OfType<DateTimeOffset>()]
            : items.Select(item => item.SentAt).ToList();
        return times.SequenceEqual(Sort is null || Sort.StartsWith('-') ? times.OrderDescending() : times.Order());
    }
}
