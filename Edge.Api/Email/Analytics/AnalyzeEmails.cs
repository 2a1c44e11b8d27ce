using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Email.Accounts;
using Switchboard.Edge.Api.Email.Tracking;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>Which figures.</summary>
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
    public AnalyzeEmailsValidator(TimeProvider clock)
    {
        RuleFor(request => request.Bucket)
            .Must(bucket => StatsSpan.Buckets.Contains(bucket))
            .When(request => request.Bucket is not null)
            .WithMessage($"It must be one of {string.Join(", ", StatsSpan.Buckets)}.");
        RuleFor(request => request.From).Custom((_, context) =>
        {
            var request = context.InstanceToValidate;
            var span = StatsSpan.Of(request.From, request.To, request.Bucket, clock.GetUtcNow());
            if (span.From >= span.To)
                context.AddFailure("It must be before to.");
            else if (span.IsTooLong)
                context.AddFailure($"These are more than {StatsSpan.MaxYears} years: take a shorter time.");
            else if (span.BucketCount > StatsSpan.MaxBuckets)
                context.AddFailure($"These are more than {StatsSpan.MaxBuckets} buckets: take a shorter time, or larger buckets.");
        });
    }
}

/// <summary><c>GET /api/emails/analytics</c>: how many of the mails that were sent in a time were answered, and how soon.</summary>
internal sealed class AnalyzeEmails(AccountBook book, NpgsqlDataSource database, EmailStats figures, TimeProvider clock)
    : Endpoint<AnalyzeEmailsRequest, Results<Ok<EmailAnalyticsResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/emails/analytics");
        Policies(Scope.Analytics);
        Description(endpoint => endpoint.Titled("Tracked mail", "Count what was sent and answered: by time, hour of the week and domain")
            .Produces<EmailAnalyticsResponse>().Refuses(400, 401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<EmailAnalyticsResponse>, ProblemHttpResult>> ExecuteAsync(AnalyzeEmailsRequest request, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        var accounts = await OwnedAccounts.FindAsync(database, userId, await book.FindAsync(userId, request.AccountId, ct), ct);
        if (request.AccountId is { } wanted && accounts.Ids.Length == 0)
            return Problems.NotFound("account", wanted);

        var span = StatsSpan.Of(request.From, request.To, request.Bucket, clock.GetUtcNow());
        var counted = await figures.ReadAsync(new(accounts, span), ct);
        return TypedResults.Ok(EmailAnalyticsResponse.Of(request.AccountId, span, counted, clock.GetUtcNow()));
    }
}
