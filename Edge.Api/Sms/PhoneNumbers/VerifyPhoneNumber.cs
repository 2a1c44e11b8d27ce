using FluentValidation;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>The code that the number was sent.</summary>
internal sealed class VerifyPhoneNumberRequest
{
    public string? Code { get; init; }
}

internal sealed class VerifyPhoneNumberValidator : Validator<VerifyPhoneNumberRequest>
{
    public VerifyPhoneNumberValidator() =>
        RuleFor(request => request.Code).Must(VerificationCode.IsWellFormed).WithMessage("It must be 6 digits.");
}

/// <summary>
/// <c>POST /api/phone-numbers/{id}/verify</c>: the code comes back, and the number is its user's. Tries of a number wait for each other,
/// whoever makes them, so that there are never more than five in a row.
/// </summary>
internal sealed class VerifyPhoneNumber(
    NpgsqlDataSource dataSource, PhoneNumberStore store, NumberOwners owners, TimeProvider timeProvider)
    : Endpoint<VerifyPhoneNumberRequest, Results<Ok<PhoneNumberResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/phone-numbers/{id:guid}/verify");
        Policies(Scope.Sms);
        Description(endpoint => endpoint.Titled("Phone numbers", "Verify a phone number by its code")
            .Produces<PhoneNumberResponse>().Refuses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Ok<PhoneNumberResponse>, ProblemHttpResult>> ExecuteAsync(
        VerifyPhoneNumberRequest request, CancellationToken ct)
    {
        var id = Route<Guid>("id");
        var now = timeProvider.GetUtcNow();
        var tried = await TryAsync(id, HttpContext.Caller().UserId, request.Code!, now, ct);
        if (tried is null)
            return Problems.NotFound("phone number", id);
        if (tried.Answer is null)
            return NumberRefusals.Taken();

        await owners.AnnounceAsync(tried.Number.PhoneNumber, id);
        return tried.Verdict switch
        {
            CodeCheck.Right or CodeCheck.VerifiedBefore => TypedResults.Ok(tried.Answer),
            CodeCheck.Paused => NumberRefusals.Paused(HttpContext, tried.Number.PausedUntil!.Value, now),
            CodeCheck.NoCode => NumberRefusals.NoCode(),
            _ => NumberRefusals.Wrong(tried.Answer.TriesLeft ?? 0),
        };
    }

    // null when there is no such number of the user; without an answer when another user has verified it
    private async Task<VerificationAttempt?> TryAsync(Guid id, Guid userId, string code, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await store.LockPendingAsync(transaction, id, userId, ct) is not { } linked)
            return null;

        var number = await store.LockTriesAsync(transaction, linked, ct);
        var verdict = VerificationCode.Try(number, code, now);
        if (verdict == CodeCheck.Right
            && (await store.IsTakenAsync(transaction, userId, number.PhoneNumber, ct) || !await store.TryVerifyAsync(transaction, id, userId, ct)))
            return new(number, verdict, null);
        if (verdict == CodeCheck.WrongForTheLastTime)
            await store.VoidCodeAsync(transaction, id, userId, ct);
        if (verdict is CodeCheck.Right or CodeCheck.Wrong or CodeCheck.WrongForTheLastTime)
            await store.CountTryAsync(transaction, number, verdict, ct);

        var answer = await store.FindAsync(transaction, id, userId, ct);
        await transaction.CommitAsync(ct);
        return new(number, verdict, answer);
    }

    private sealed record VerificationAttempt(PendingVerification Number, CodeCheck Verdict, PhoneNumberResponse? Answer);
}
