using FluentValidation;
using Switchboard.Edge.Api.Email.Accounts;

namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>The stats to read.</summary>
internal sealed class AnalyzeEmailsRequest
{
    /// <summary>Of this account; left out, of all accounts of the user together.</summary>
    [QueryParam]
    public Guid? AccountId { get; set; }

    /// <summary>Of mails sent at this time or later; left out, 30 days before <see cref="To"/>.</summary>
    [QueryParam]
    public DateTimeOffset? From { get; set; }

    /// <summary>Of mails sent before this time; left out, until now.</summary>
    [QueryParam]
    public DateTimeOffset? To { get; set; }

    /// <summary>hour, day (if left out), week or month.</summary>
    [QueryParam]
    public string? Bucket { get; set; }
}

internal sealed class AnalyzeEmailsValidator : Validator<AnalyzeEmailsRequest>
{
    public AnalyzeEmailsValidator(TimeProvider timeProvider)
    {
        RuleFor(request => request.Bucket).OneOf(StatsSpan.Buckets).When(request => request.Bucket is not null);
        RuleFor(request => request.From).Custom((_, context) =>
        {
            var request = context.InstanceToValidate;
            var span = StatsSpan.Of(request.From, request.To, request.Bucket, timeProvider.GetUtcNow());
            if (span.From >= span.To)
                context.AddFailure("It must be before to.");
            else if (span.IsTooLong)
                context.AddFailure($"That is more than {StatsSpan.MaxYears} years: ask for a shorter period.");
            else if (span.BucketCount > StatsSpan.MaxBuckets)
                context.AddFailure($"That is more than {StatsSpan.MaxBuckets} buckets: ask for a shorter period or larger buckets.");
        });
    }
}

/// <summary><c>GET /api/emails/analytics</c>: how many of the mails that were sent in a time were answered, and how soon.</summary>
internal sealed class AnalyzeEmails(AccountCache accountCache, EmailStats stats, TimeProvider timeProvider)
    : Endpoint<AnalyzeEmailsRequest, Results<Ok<EmailAnalyticsResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/emails/analytics");
        Policies(Scope.Analytics);
        Description(endpoint => endpoint.Titled("Tracked mail", "Count what was sent and answered: by time, hour of the week and domain")
            .Produces<EmailAnalyticsResponse>().Refuses(400, 401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<EmailAnalyticsResponse>, ProblemHttpResult>> ExecuteAsync(
        AnalyzeEmailsRequest request, CancellationToken cancellationToken)
    {
        var accounts = await accountCache.FindAsync(HttpContext.Caller().UserId, request.AccountId, cancellationToken);
        if (request.AccountId is { } wanted && accounts.Ids.Length == 0)
            return Problems.NotFound("account", wanted);

        var span = StatsSpan.Of(request.From, request.To, request.Bucket, timeProvider.GetUtcNow());
        var counted = await stats.ReadAsync(new(accounts, span), cancellationToken);
        return TypedResults.Ok(EmailAnalyticsResponse.Of(request.AccountId, span, counted, timeProvider.GetUtcNow()));
    }
}

/// <summary>The stats of tracked mail.</summary>
/// <param name="AccountId">The account; null for all accounts of the user together.</param>
/// <param name="From">Mails sent then or later.</param>
/// <param name="To">Mails sent before.</param>
/// <param name="Bucket">hour, day, week or month.</param>
/// <param name="AsOf">When they were counted.</param>
/// <param name="AgeSeconds">How long ago that was.</param>
/// <param name="Source">views: from what is kept of each day, with what changed since from the mails; tables: from the mails alone.</param>
/// <param name="ViewsRefreshedAt">When the days were last brought up to the mails.</param>
/// <param name="Summary">The stats of the whole span.</param>
/// <param name="Buckets">The stats of each bucket with mails, oldest first.</param>
/// <param name="ByHourOfWeek">168 hours, from Monday 0:00 UTC.</param>
/// <param name="ByRecipientDomain">The 100 domains with the most mails, by that of the first recipient.</param>
internal sealed record EmailAnalyticsResponse(
    Guid? AccountId,
    DateTimeOffset From,
    DateTimeOffset To,
    string Bucket,
    DateTimeOffset AsOf,
    double AgeSeconds,
    string Source,
    DateTimeOffset ViewsRefreshedAt,
    StatsSummary Summary,
    IReadOnlyList<StatsBucket> Buckets,
    IReadOnlyList<HourOfWeek> ByHourOfWeek,
    IReadOnlyList<DomainStats> ByRecipientDomain)
{
    private const int HoursOfWeek = 168;

    /// <summary>Shows stats.</summary>
    public static EmailAnalyticsResponse Of(Guid? accountId, StatsSpan span, StatsSet stats, DateTimeOffset now)
    {
        var hours = stats.Slots.ToDictionary(row => row.Slot!.Value);
        return new(
            accountId, span.From, span.To, span.Bucket, stats.AsOf, Math.Round(Math.Max(0, (now - stats.AsOf).TotalSeconds), 3),
            stats.Source,
            stats.ViewsRefreshedAt,
            StatsSummary.Of(stats.Summary),
            [.. stats.Buckets.Select(row => new StatsBucket(row.At!.Value, row.Sent, row.Responded, row.ResponseRate, row.Median, row.P90))],
            [.. Enumerable.Range(0, HoursOfWeek).Select(hour => hours.TryGetValue(hour, out var row)
                ? new HourOfWeek(hour, row.Sent, row.Responded, row.ResponseRate)
                : new HourOfWeek(hour, 0, 0, 0))],
            [.. stats.Domains.Select(row =>
                new DomainStats(row.Domain!, row.Sent, row.Responded, row.Bounced, row.ResponseRate, row.Median, row.P90))]);
    }
}

/// <summary>The stats of the whole span.</summary>
/// <param name="Sent">Mails that were sent.</param>
/// <param name="Responded">… that a person has answered.</param>
/// <param name="AutoReplied">… that were answered automatically.</param>
/// <param name="Bounced">… that came back.</param>
/// <param name="Expired">… that were not answered in time.</param>
/// <param name="Stopped">… that are not followed any more.</param>
/// <param name="Active">… that are waited for.</param>
/// <param name="ResponseRate">The share of sent mails that were answered, 0 to 1.</param>
/// <param name="MedianResponseSeconds">The median time to an answer; null if there are none.</param>
/// <param name="P90ResponseSeconds">The 90th percentile of that time.</param>
internal sealed record StatsSummary(
    long Sent, long Responded, long AutoReplied, long Bounced, long Expired, long Stopped, long Active, double ResponseRate,
    double? MedianResponseSeconds, double? P90ResponseSeconds)
{
    /// <summary>Shows the row of the summary.</summary>
    public static StatsSummary Of(StatsRow row) => new(
        row.Sent, row.Responded, row.AutoReplied, row.Bounced, row.Expired, row.Stopped, row.Active, row.ResponseRate, row.Median, row.P90);
}

/// <summary>The stats of the mails that were sent in a bucket.</summary>
internal sealed record StatsBucket(
    DateTimeOffset Start, long Sent, long Responded, double ResponseRate, double? MedianResponseSeconds, double? P90ResponseSeconds);

/// <summary>The stats of the mails that were sent in an hour of the week; 0 is Monday 0:00 UTC.</summary>
internal sealed record HourOfWeek(int Hour, long Sent, long Responded, double ResponseRate);

/// <summary>The stats of the mails to a domain.</summary>
internal sealed record DomainStats(
    string Domain, long Sent, long Responded, long Bounced, double ResponseRate, double? MedianResponseSeconds, double? P90ResponseSeconds);
