using Switchboard.Core.Jobs;
using Switchboard.Core.Sms;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary><c>POST /api/phone-numbers/{id}/code</c>: sends a new code; the one before is void.</summary>
internal sealed class SendCode(
    NpgsqlDataSource dataSource, PhoneNumberStore store, CodeLimit limit, DailyQuotas quotas, NumberOwners owners, JobOutbox outbox,
    TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<Accepted<PhoneNumberResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/phone-numbers/{id:guid}/code");
        Policies(Scope.Sms);
        Description(endpoint => endpoint.Titled("Phone numbers", "Send a new code to a phone number")
            .Produces<PhoneNumberResponse>(202).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<Accepted<PhoneNumberResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        var userId = HttpContext.Caller().UserId;
        if (await store.FindPendingAsync(id, userId, ct) is not { } number)
            return Problems.NotFound("phone number", id);
        if (RefusalOf(number) is { } refusal)
            return refusal;
        // before the transaction: the limit is in Redis, which may take its time
        if (await limit.TakeAsync(number.PhoneNumber, userId, ct) is { } tooMany)
            return NumberRefusals.TooManyCodes(HttpContext, tooMany);
        if (await quotas.TakeAsync(HttpContext, Quota.VerificationSms, userId, ct) is { } usedUp)
            return usedUp;

        OutgoingJob[] staged = [new(new SendVerificationCode(Guid.CreateVersion7(timeProvider.GetUtcNow()), id))];
        var (answer, changed) = await IssueAsync(id, userId, staged, ct);
        if (answer is null)
            return changed!;
        await owners.AnnounceAsync(number.PhoneNumber, id);
        await outbox.FlushAsync(staged, CancellationToken.None);
        return TypedResults.Accepted((string?)null, answer);
    }

    // looked at again under the lock: it may have been verified, paused or unlinked meanwhile
    private async Task<(PhoneNumberResponse? Answer, ProblemHttpResult? Refusal)> IssueAsync(
        Guid id, Guid userId, OutgoingJob[] staged, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await store.LockPendingAsync(transaction, id, userId, ct) is not { } number)
            return (null, Problems.NotFound("phone number", id));
        if (RefusalOf(number) is { } refusal)
            return (null, refusal);
        var answer = await store.IssueCodeAsync(transaction, id, userId, ct);
        await outbox.StageAsync(connection, transaction, staged, ct);
        await transaction.CommitAsync(ct);
        return (answer, null);
    }

    private ProblemHttpResult? RefusalOf(PendingVerification number)
    {
        var now = timeProvider.GetUtcNow();
        return number switch
        {
            { VerifiedAt: not null } => Problems.Conflict("This number is verified already."),
            { PausedUntil: { } until } when until > now => NumberRefusals.Paused(HttpContext, until, now),
            _ => null,
        };
    }
}
