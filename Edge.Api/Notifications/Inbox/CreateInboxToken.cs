using FluentValidation;
using Microsoft.Extensions.Options;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Notifications.Recipients;

namespace Switchboard.Edge.Api.Notifications.Inbox;

/// <summary>Whose inbox a token is to open.</summary>
internal sealed class CreateInboxTokenRequest
{
    /// <summary>The user's own id of the recipient, as in <c>/api/recipients</c>.</summary>
    public string? Recipient { get; init; }

    /// <summary>For how many minutes, 1 to 1,440; left out, an hour.</summary>
    public int? Minutes { get; init; }
}

internal sealed class CreateInboxTokenValidator : Validator<CreateInboxTokenRequest>
{
    public CreateInboxTokenValidator()
    {
        RuleFor(request => request.Recipient).Must(id => RecipientId.ErrorOf(id) is null)
            .WithMessage(request => RecipientId.ErrorOf(request.Recipient)!);
        RuleFor(request => request.Minutes).InclusiveBetween(1, 1_440);
    }
}

/// <summary>What opens the inbox.</summary>
/// <param name="Token">The token: <c>Authorization: Bearer sbi_…</c>.</param>
/// <param name="Recipient">Whose inbox.</param>
/// <param name="ExpiresAt">Until when.</param>
internal sealed record InboxTokenResponse(string Token, string Recipient, DateTimeOffset ExpiresAt);

/// <summary><c>POST /api/inbox/tokens</c>: a token for one recipient's app or page, which opens their inbox and nothing else.</summary>
internal sealed class CreateInboxToken(
    InboxStore store, SecretProtector secrets, IOptions<InboxOptions> options, TimeProvider timeProvider)
    : Endpoint<CreateInboxTokenRequest, Results<Created<InboxTokenResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/inbox/tokens");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Inbox", "Give a recipient a token for their inbox")
            .Produces<InboxTokenResponse>(201).Refuses(400, 401, 403, 404, 413, 415, 429, 503));
    }

    public override async Task<Results<Created<InboxTokenResponse>, ProblemHttpResult>> ExecuteAsync(
        CreateInboxTokenRequest request, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        if (await store.FindRecipientAsync(userId, request.Recipient!, ct) is not { } recipient)
            return Problems.For(StatusCodes.Status404NotFound, $"There is no recipient '{request.Recipient}'.");

        // whole seconds: what is told is when it ends
        var now = timeProvider.GetUtcNow();
        var expiresAt = now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerSecond)).AddMinutes(request.Minutes ?? options.Value.TokenMinutes);
        var token = InboxToken.Encode(secrets, new(userId, recipient.Id, expiresAt));
        return TypedResults.Created((string?)null, new InboxTokenResponse(token, request.Recipient!, expiresAt));
    }
}
