using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>A number to link.</summary>
internal sealed class LinkPhoneNumberRequest
{
    /// <summary>In E.164: <c>+15550100001</c>.</summary>
    public string? PhoneNumber { get; init; }
}

internal sealed class LinkPhoneNumberValidator : Validator<LinkPhoneNumberRequest>
{
    public LinkPhoneNumberValidator() =>
        RuleFor(request => request.PhoneNumber).Must(PhoneNumber.IsE164).WithMessage(PhoneNumber.Mistake);
}

/// <summary>
/// <c>POST /api/phone-numbers</c>: links a number, or one's own once more, and sends it a code. Its texts count from when the code was
/// given back.
/// </summary>
internal sealed class LinkPhoneNumber(
    CreatingTransactions transactions, VerificationCodes codes, CodeLimit limit, NumberChanges changes, JobOutbox outbox, TimeProvider clock)
    : Endpoint<LinkPhoneNumberRequest, Results<Created<PhoneNumberResponse>, ProblemHttpResult>>
{
    private const int MaxNumbers = 20;

    // The row of the user is locked first, so that numbers linked at the same time count each other.
    private const string CountSql =
        """
        WITH owner AS (SELECT id FROM users WHERE id = $1 FOR UPDATE)
        SELECT count(*) FROM user_phone_numbers, owner WHERE user_id = owner.id
        """;

    private const string OwnSql =
        $"SELECT {PhoneNumberResponse.Columns} FROM user_phone_numbers p WHERE p.user_id = $1 AND p.phone_number = $2 FOR UPDATE OF p";

    private const string TakenSql =
        "SELECT count(*) FROM user_phone_numbers WHERE phone_number = $1 AND verified_at IS NOT NULL AND user_id <> $2";

    private const string InsertSql =
        "INSERT INTO user_phone_numbers (id, user_id, phone_number, created_at) VALUES ($1, $2, $3, $4)";

    public override void Configure()
    {
        Post("/api/phone-numbers");
        Policies(Scope.Texts);
        Description(endpoint => endpoint.Titled("Phone numbers", "Link a phone number and send it a code")
            .Produces<PhoneNumberResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<PhoneNumberResponse>, ProblemHttpResult>> ExecuteAsync(
        LinkPhoneNumberRequest request, CancellationToken ct)
    {
        var number = request.PhoneNumber!;
        List<OutgoingJob> staged = [];
        var creation = await transactions.RunAsync(HttpContext, request, tx => LinkAsync(tx, number, staged, ct), ct);
        if (creation.Refusal is { } refusal)
            return refusal;
        if (creation.IsNew)
        {
            await changes.AnnounceAsync(number, creation.Answer!.Id);
            await outbox.FlushAsync(staged, CancellationToken.None);
        }

        return TypedResults.Created((string?)null, creation.Answer);
    }

    private async Task<Creation<PhoneNumberResponse>> LinkAsync(
        NpgsqlTransaction tx, string number, List<OutgoingJob> staged, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        var now = clock.GetUtcNow().ToStorable();
        var count = await tx.Command(CountSql, userId).ScalarAsync<long>(ct);
        var own = await tx.Command(OwnSql, userId, number).FirstAsync(row => PhoneNumberResponse.Read(row, now), ct);
        if (own is { Verified: true })
            return Creation<PhoneNumberResponse>.Made(own);
        if (await tx.Command(TakenSql, number, userId).ScalarAsync<long>(ct) > 0)
            return Creation<PhoneNumberResponse>.Refused(NumberRefusals.Taken());
        if (own is null && count >= MaxNumbers)
            return Creation<PhoneNumberResponse>.Refused(Problems.Conflict($"A user has at most {MaxNumbers} phone numbers."));
        if (own?.PausedUntil is { } until)
            return Creation<PhoneNumberResponse>.Refused(NumberRefusals.Paused(HttpContext, until, now));
        if (await limit.TakeAsync(number, ct) is { } retryAfter)
        {
            // who has an open code needs no other one
            return own is { TriesLeft: not null }
                ? Creation<PhoneNumberResponse>.Made(own)
                : Creation<PhoneNumberResponse>.Refused(NumberRefusals.TooManyCodes(HttpContext, retryAfter));
        }

        var id = own?.Id ?? Guid.CreateVersion7(now);
        if (own is null)
            await tx.Command(InsertSql, id, userId, number, now).RunAsync(ct);
        staged.Add(new(new SendVerificationCode(Guid.CreateVersion7(now), id)));
        return Creation<PhoneNumberResponse>.Made(await codes.IssueAsync(tx, id, staged, ct));
    }
}
