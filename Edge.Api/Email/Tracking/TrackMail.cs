using FluentValidation;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Email.Accounts;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>A mail to track.</summary>
internal sealed class TrackMailRequest
{
    public Guid? AccountId { get; init; }

    /// <summary>The provider's id of the mail, or its Message-ID in angle brackets.</summary>
    public string? MessageId { get; init; }
}

internal sealed class TrackMailValidator : Validator<TrackMailRequest>
{
    // RFC 5322, 2.1.1: a line has 998 characters at most
    private const int MaxMessageId = 998;

    public TrackMailValidator()
    {
        RuleFor(request => request.AccountId).NotEmpty();
        RuleFor(request => request.MessageId).NotEmpty().Text(MaxMessageId);
        RuleFor(request => request.MessageId)
            .Must(id => MessageReference.Error(id!) is null)
            .When(request => !string.IsNullOrEmpty(request.MessageId))
            .WithMessage(request => MessageReference.Error(request.MessageId!));
    }
}

/// <summary><c>POST /api/emails/track</c>: tracks one sent mail, whatever its account tracks by itself.</summary>
internal sealed class TrackMail(CreatingTransactions transactions, TimeProvider timeProvider)
    : Endpoint<TrackMailRequest, Results<Accepted<TrackResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/emails/track");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mail tracking", "Track one sent mail")
            .Produces<TrackResponse>(202).Refuses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Accepted<TrackResponse>, ProblemHttpResult>> ExecuteAsync(
        TrackMailRequest request, CancellationToken cancellationToken)
    {
        var creation = await transactions.RunAsync(
            HttpContext, request, (transaction, jobs) => InsertAsync(transaction, request, jobs, cancellationToken), cancellationToken);
        if (creation.Refusal is { } refusal)
            return refusal;
        return TypedResults.Accepted($"/api/emails/track/{creation.Answer!.Id}", creation.Answer);
    }

    private async Task<Creation<TrackResponse>> InsertAsync(
        NpgsqlTransaction transaction, TrackMailRequest request, List<OutgoingJob> jobs, CancellationToken cancellationToken)
    {
        var (accountId, userId) = (request.AccountId!.Value, HttpContext.Caller().UserId);
        if (await AccountStore.ShareAsync(transaction, accountId, userId, cancellationToken) is not { } account)
            return Creation<TrackResponse>.Refused(Problems.NotFound("account", accountId));
        if (AccountStatus.Refusal(account.Status) is { } reason)
            return Creation<TrackResponse>.Refused(Problems.Conflict(reason));

        var now = timeProvider.GetUtcNow();
        var made = await TrackRequestStore.InsertAsync(
            transaction, accountId, userId, request.MessageId!.Trim(), now, cancellationToken);
        jobs.Add(new(new TrackEmail(Guid.CreateVersion7(now), made.Id)));
        return Creation<TrackResponse>.Made(made);
    }
}

/// <summary>How a mail is named: by the provider's id, or by its Message-ID (RFC 5322, 3.6.4).</summary>
internal static class MessageReference
{
    /// <summary>What is wrong with it; null if nothing is.</summary>
    public static string? Error(string text)
    {
        var id = text.AsSpan().Trim();
        return id switch
        {
            [] => "It is empty.",
            _ when HasBlank(id) => "It must not contain white space or control characters.",
            ['<', .. var inner, '>'] => inner.IndexOf('@') > 0 && !inner.ContainsAny('<', '>') ? null : "A Message-ID is <left@right>.",
            _ when id.ContainsAny('<', '>') => "It must be the provider's id of the mail, or its Message-ID in angle brackets.",
            _ => null,
        };
    }

    private static bool HasBlank(ReadOnlySpan<char> id)
    {
        foreach (var character in id)
        {
            if (char.IsWhiteSpace(character) || char.IsControl(character))
                return true;
        }

        return false;
    }
}

/// <summary><c>GET /api/emails/track/{id}</c>: what came of a mail that was asked to be tracked.</summary>
internal sealed class GetTrackRequest(TrackRequestStore store) : GetByIdEndpoint<TrackResponse>("request")
{
    public override void Configure() =>
        Read("/api/emails/track/{id:guid}", Scope.Mail, "Mail tracking", "See what came of a mail that was asked to be tracked");

    protected override Task<TrackResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        store.FindAsync(id, userId, cancellationToken);
}
