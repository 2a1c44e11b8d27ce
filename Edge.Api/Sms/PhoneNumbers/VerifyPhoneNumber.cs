using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Platform;

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
/// <c>POST /api/phone-numbers/{id}/verify</c>: the code comes back, and the number is its user's. Tries wait for each other on the
/// number's row, so that there are never more than five of a code.
/// </summary>
internal sealed class VerifyPhoneNumber(NpgsqlDataSource database, SecretProtector secrets, NumberChanges changes, TimeProvider clock)
    : Endpoint<VerifyPhoneNumberRequest, Results<Ok<PhoneNumberResponse>, ProblemHttpResult>>
{
    private const string VerifySql =
        """
        UPDATE user_phone_numbers
        SET verified_at = $2, code = NULL, code_expires_at = NULL, code_tries = 0, code_error = NULL, paused_until = NULL
        WHERE id = $1
        """;

    private const string CountTrySql = "UPDATE user_phone_numbers SET code_tries = code_tries + 1 WHERE id = $1";

    private const string PauseSql =
        """
        UPDATE user_phone_numbers
        SET code_tries = code_tries + 1, code = NULL, code_expires_at = NULL, paused_until = $2
        WHERE id = $1
        """;

    private const string ReadSql = $"SELECT {PhoneNumberResponse.Columns} FROM user_phone_numbers p WHERE p.id = $1";

    public override void Configure()
    {
        Post("/api/phone-numbers/{id:guid}/verify");
        Policies(Scope.Texts);
        Description(endpoint => endpoint.Titled("Phone numbers", "Verify a phone number by its code")
            .Produces<PhoneNumberResponse>().Refuses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Ok<PhoneNumberResponse>, ProblemHttpResult>> ExecuteAsync(
        VerifyPhoneNumberRequest request, CancellationToken ct)
    {
        var id = Route<Guid>("id");
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await NumberToVerify.LockAsync(tx, id, HttpContext.Caller().UserId, secrets, ct) is not { } number)
            return Problems.NotFound("phone number", id);

        var now = clock.GetUtcNow();
        var verdict = VerificationCode.Try(number, request.Code!, now);
        switch (verdict)
        {
            case CodeCheck.Right when !await TryVerifyAsync(tx, id, now, ct):
                return NumberRefusals.Taken();
            case CodeCheck.Wrong:
                await tx.Command(CountTrySql, id).RunAsync(ct);
                break;
            case CodeCheck.WrongForTheLastTime:
                await tx.Command(PauseSql, id, now + VerificationCode.Pause).RunAsync(ct);
                break;
        }

        var answer = await tx.Command(ReadSql, id).FirstAsync(row => PhoneNumberResponse.Read(row, now), ct);
        await tx.CommitAsync(ct);
        await changes.AnnounceAsync(number.PhoneNumber, id);
        return verdict switch
        {
            CodeCheck.Right or CodeCheck.VerifiedBefore => TypedResults.Ok(answer),
            CodeCheck.Paused => NumberRefusals.Paused(HttpContext, number.PausedUntil!.Value, now),
            CodeCheck.NoCode => NumberRefusals.NoCode(),
            _ => NumberRefusals.Wrong(answer!.TriesLeft ?? 0),
        };
    }

    // false when another user verified the same number a moment before
    private static async Task<bool> TryVerifyAsync(NpgsqlTransaction tx, Guid id, DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            await tx.Command(VerifySql, id, now).RunAsync(ct);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }
}
