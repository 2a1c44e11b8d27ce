using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Security;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary><c>POST /api/phone-numbers/{id}/code</c>: sends a new code; the one before is void.</summary>
internal sealed class SendCode(
    NpgsqlDataSource database, VerificationCodes codes, CodeLimit limit, SecretProtector secrets, NumberChanges changes, JobOutbox outbox,
    TimeProvider clock)
    : EndpointWithoutRequest<Results<Accepted<PhoneNumberResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/phone-numbers/{id:guid}/code");
        Policies(Scope.Texts);
        Description(endpoint => endpoint.Titled("Phone numbers", "Send a new code to a phone number")
            .Produces<PhoneNumberResponse>(202).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<Accepted<PhoneNumberResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await NumberToVerify.LockAsync(tx, id, HttpContext.Caller().UserId, secrets, ct) is not { } number)
            return Problems.NotFound("phone number", id);
        if (number.VerifiedAt is not null)
            return Problems.Conflict("This number is verified already.");
        var now = clock.GetUtcNow();
        if (number.PausedUntil is { } until && until > now)
            return NumberRefusals.Paused(HttpContext, until, now);
        if (await limit.TakeAsync(number.PhoneNumber, ct) is { } retryAfter)
            return NumberRefusals.TooManyCodes(HttpContext, retryAfter);

        OutgoingJob[] staged = [new(new SendVerificationCode(Guid.CreateVersion7(now), id))];
        var answer = await codes.IssueAsync(tx, id, staged, ct);
        await tx.CommitAsync(ct);
        // back in the pool before the flush asks for another one
        await connection.CloseAsync();

        await changes.AnnounceAsync(number.PhoneNumber, id);
        await outbox.FlushAsync(staged, CancellationToken.None);
        return TypedResults.Accepted((string?)null, answer);
    }
}
