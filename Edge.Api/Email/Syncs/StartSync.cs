using FluentValidation;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Email.Accounts;

namespace Switchboard.Edge.Api.Email.Syncs;

/// <summary>What of the past of a mailbox to read.</summary>
internal sealed class StartSyncRequest
{
    public const int DefaultBatchSize = 100;

    public Guid? AccountId { get; init; }

    /// <summary>From which time on; left out, from the first mail on.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How many mails a page has, 1–1000; left out, 100.</summary>
    public int? BatchSize { get; init; }
}

internal sealed class StartSyncValidator : Validator<StartSyncRequest>
{
    private const int MaxBatchSize = 1_000;

    // before there was any mail that could be meant
    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;

    public StartSyncValidator(TimeProvider timeProvider)
    {
        RuleFor(request => request.AccountId).NotEmpty();
        RuleFor(request => request.Since)
            .Must(since => since <= timeProvider.GetUtcNow())
            .When(request => request.Since is not null)
            .WithMessage("It is in the future.");
        RuleFor(request => request.Since)
            .Must(since => since >= Earliest)
            .When(request => request.Since is not null)
            .WithMessage($"It must not be before {Earliest.Year}; leave it out to read from the first mail on.");
        RuleFor(request => request.BatchSize).InclusiveBetween(1, MaxBatchSize);
    }
}

/// <summary>
/// <c>POST /api/emails/sync</c>: reads the past of a mailbox. Answered when it is on disk. An account has one at a time; a request for
/// what that one reads anyway is answered with it.
/// </summary>
internal sealed class StartSync(CreatingTransactions transactions, TimeProvider timeProvider)
    : Endpoint<StartSyncRequest, Results<Accepted<SyncDetail>, ProblemHttpResult>>
{
    // an unfinished one may end between the two statements
    private const int MaxTries = 3;

    public override void Configure()
    {
        Post("/api/emails/sync");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mail tracking", "Read the past of a mailbox")
            .Produces<SyncDetail>(202).Refuses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Accepted<SyncDetail>, ProblemHttpResult>> ExecuteAsync(
        StartSyncRequest request, CancellationToken cancellationToken)
    {
        var creation = await transactions.RunAsync(
            HttpContext, request, (transaction, jobs) => StartAsync(transaction, request, jobs, cancellationToken), cancellationToken);
        if (creation.Refusal is { } refusal)
            return refusal;
        return TypedResults.Accepted($"/api/emails/sync/{creation.Answer!.Id}", new SyncDetail(creation.Answer, []));
    }

    private async Task<Creation<SyncResponse>> StartAsync(
        NpgsqlTransaction transaction, StartSyncRequest request, List<OutgoingJob> jobs, CancellationToken cancellationToken)
    {
        var accountId = request.AccountId!.Value;
        var userId = HttpContext.Caller().UserId;
        if (await AccountStore.ShareAsync(transaction, accountId, userId, cancellationToken) is not { } account)
            return Creation<SyncResponse>.Refused(Problems.NotFound("account", accountId));
        if (SyncRefusal.Of(account.Status, account.IsTracked) is { } reason)
            return Creation<SyncResponse>.Refused(Problems.Conflict(reason));

        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (await InsertAsync(transaction, request, jobs, cancellationToken) is { } made)
                return Creation<SyncResponse>.Made(made);
            if (await SyncStore.FindUnfinishedAsync(transaction, accountId, userId, cancellationToken) is { } other)
            {
                return SyncCoverage.Covers(other.Since, request.Since)
                    ? Creation<SyncResponse>.Made(other)
                    : Creation<SyncResponse>.Refused(Problems.Conflict(
                        $"The sync {other.Id} of this account is {other.State} and reads only from {other.Since:O} on. Wait for its end, or cancel it."));
            }
        }

        return Creation<SyncResponse>.Refused(Problems.Conflict("Other syncs of this account start and end at this moment. Send it again."));
    }

    private async Task<SyncResponse?> InsertAsync(
        NpgsqlTransaction transaction, StartSyncRequest request, List<OutgoingJob> jobs, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var inserted = await SyncStore.InsertAsync(
            transaction, request.AccountId!.Value, HttpContext.Caller().UserId, request.Since,
            request.BatchSize ?? StartSyncRequest.DefaultBatchSize, now, cancellationToken);
        if (inserted is null)
            return null;
        jobs.Add(new(new SyncEmails(Guid.CreateVersion7(now), inserted.Id)));
        return inserted;
    }
}

/// <summary>Whether the mail of an account can be read now. A pure decision.</summary>
internal static class SyncRefusal
{
    /// <summary>Why its past cannot be read, and what to do; null when it can.</summary>
    public static string? Of(string status, bool isTracked) =>
        AccountStatus.Refusal(status)
        ?? (isTracked ? null : "Nothing of this account is tracked. Set its tracking first: PATCH /api/accounts/email/{id}.");
}

/// <summary>Whether an unfinished sync reads what another request asks for. A pure decision.</summary>
internal static class SyncCoverage
{
    /// <summary>Whether it reads all that is asked for: from the same time on, from an earlier one, or from the first mail on.</summary>
    /// <param name="running">From when the unfinished one reads; null: from the first mail on.</param>
    /// <param name="wanted">From when is asked for; null: from the first mail on.</param>
    public static bool Covers(DateTimeOffset? running, DateTimeOffset? wanted) => running is null || running <= wanted;
}
