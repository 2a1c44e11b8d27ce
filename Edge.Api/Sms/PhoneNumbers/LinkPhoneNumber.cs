using FluentValidation;
using Switchboard.Core.Jobs;
using Switchboard.Core.Sms;

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
        RuleFor(request => request.PhoneNumber).Must(PhoneNumber.IsE164).WithMessage(PhoneNumber.FormatError);
}

/// <summary>
/// <c>POST /api/phone-numbers</c>: links a number, or one's own once more, and sends it a code. Its SMS count from when the code was
/// given back. Whether another user has the number is not told here: only the one that gives its code back holds the phone.
/// </summary>
internal sealed class LinkPhoneNumber(
    CreatingTransactions transactions, PhoneNumberStore store, CodeLimit limit, DailyQuotas quotas, NumberOwners owners, JobOutbox outbox,
    TimeProvider timeProvider)
    : Endpoint<LinkPhoneNumberRequest, Results<Created<PhoneNumberResponse>, ProblemHttpResult>>
{
    private const int MaxNumbers = 20;

    public override void Configure()
    {
        Post("/api/phone-numbers");
        Policies(Scope.Sms);
        Description(endpoint => endpoint.Titled("Phone numbers", "Link a phone number and send it a code")
            .Produces<PhoneNumberResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<PhoneNumberResponse>, ProblemHttpResult>> ExecuteAsync(
        LinkPhoneNumberRequest request, CancellationToken ct)
    {
        var number = request.PhoneNumber!;
        var linking = new LinkAttempt();
        var creation = await transactions.RunAsync(HttpContext, request, tx => LinkAsync(tx, number, linking, ct), ct);
        if (linking.NeedsCode)
        {
            if (await quotas.TakeAsync(HttpContext, Quota.VerificationSms, HttpContext.Caller().UserId, ct) is { } usedUp)
                return usedUp;
            // Between two transactions, of which the first kept nothing: the limit is in Redis, which may take its time.
            linking = new LinkAttempt { HasAsked = true, TooMany = await limit.TakeAsync(number, HttpContext.Caller().UserId, ct) };
            creation = await transactions.RunAsync(HttpContext, request, tx => LinkAsync(tx, number, linking, ct), ct);
        }

        if (creation.Refusal is { } refusal)
            return refusal;
        if (creation.IsNew)
        {
            await owners.AnnounceAsync(number, creation.Answer!.Id);
            await outbox.FlushAsync(linking.Staged, CancellationToken.None);
        }

        return TypedResults.Created((string?)null, creation.Answer);
    }

    private async Task<Creation<PhoneNumberResponse>> LinkAsync(
        NpgsqlTransaction transaction, string number, LinkAttempt linking, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        var now = timeProvider.GetUtcNow().ToStorable();
        var count = await store.CountAsync(transaction, userId, ct);
        var own = await store.LockOwnAsync(transaction, userId, number, ct);
        if (own is { Verified: true })
            return Creation<PhoneNumberResponse>.Made(own);
        if (own is null && count >= MaxNumbers)
            return Creation<PhoneNumberResponse>.Refused(Problems.Conflict($"A user has at most {MaxNumbers} phone numbers."));
        if (await store.PausedUntilAsync(transaction, number, ct) is { } until)
            return Creation<PhoneNumberResponse>.Refused(NumberRefusals.Paused(HttpContext, until, now));
        if (!linking.HasAsked)
        {
            linking.NeedsCode = true;
            return Creation<PhoneNumberResponse>.Refused(NumberRefusals.NoCode());
        }

        if (linking.TooMany is { } tooMany)
        {
            // a user with an open code needs no other one
            return own is { TriesLeft: not null }
                ? Creation<PhoneNumberResponse>.Made(own)
                : Creation<PhoneNumberResponse>.Refused(NumberRefusals.TooManyCodes(HttpContext, tooMany));
        }

        var id = own?.Id ?? Guid.CreateVersion7(now);
        if (own is null)
            await store.InsertAsync(transaction, id, userId, number, ct);
        linking.Staged.Add(new(new SendVerificationCode(Guid.CreateVersion7(now), id)));
        var answer = await store.IssueCodeAsync(transaction, id, userId, ct);
        await outbox.StageAsync(transaction.Connection!, transaction, linking.Staged, ct);
        return Creation<PhoneNumberResponse>.Made(answer!);
    }

    /// <summary>What a try to link has come to.</summary>
    private sealed class LinkAttempt
    {
        /// <summary>Whether the limit of codes was asked, and what it said: why none is sent, or that one may be.</summary>
        public bool HasAsked { get; init; }

        public CodeRefusal? TooMany { get; init; }

        /// <summary>Whether it came so far that a code is to be sent, and the limit was not asked yet.</summary>
        public bool NeedsCode { get; set; }

        public List<OutgoingJob> Staged { get; } = [];
    }
}
