using FluentValidation;
using Microsoft.Extensions.Options;
using Switchboard.Core.Email;
using Switchboard.Core.Providers;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Edge.Api.Platform.Connections;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>A mailbox of Gmail to read.</summary>
internal sealed class ConnectMailboxRequest
{
    public string? Address { get; init; }

    /// <summary>The OAuth refresh token that its user granted, with the scope <c>gmail.readonly</c>.</summary>
    public string? RefreshToken { get; init; }
}

internal sealed class ConnectMailboxValidator : Validator<ConnectMailboxRequest>
{
    public ConnectMailboxValidator()
    {
        RuleFor(request => request.Address).NotEmpty().EmailAddress().Text(320);
        RuleFor(request => request.RefreshToken).NotEmpty().Text(4_096);
    }
}

/// <summary>
/// <c>POST /api/mailboxes</c>: connects a mailbox by a refresh token that its user got elsewhere. Google is asked whether it opens this
/// mailbox before anything is looked up or kept: nobody claims the address of another.
/// </summary>
internal sealed class ConnectMailbox(
    CreatingTransactions transactions,
    DailyQuotas quotas,
    AccountConnector connector,
    OAuthClient client,
    [FromKeyedServices(MailProviders.Gmail)] OAuthProvider gmail,
    IOptionsMonitor<MailProviderOptions> options) : Endpoint<ConnectMailboxRequest, Results<Created<MailboxResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/mailboxes");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mailboxes", "Connect a mailbox of Gmail by a refresh token")
            .Superseded("/api/accounts/email")
            .Produces<MailboxResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 502, 503));
    }

    public override async Task<Results<Created<MailboxResponse>, ProblemHttpResult>> ExecuteAsync(
        ConnectMailboxRequest request, CancellationToken ct)
    {
        var mailbox = new AuthorizedMailbox(
            HttpContext.Caller().UserId, gmail, request.Address!.Trim().ToLowerInvariant(), request.RefreshToken!.Trim(),
            Tracking: null, DefaultTracking: null);
        if (await quotas.TakeAsync(HttpContext, Quota.Mailboxes, mailbox.UserId, ct) is { } usedUp)
            return usedUp;
        if (await RefusalOfGoogleAsync(mailbox, ct) is { } notConfirmed)
            return notConfirmed;

        ConnectedMailbox? connected = null;
        var creation = await transactions.RunAsync(
            HttpContext, request,
            async transaction => (connected = await connector.WriteAsync(transaction, mailbox, ct)) is null
                ? Creation<MailboxResponse>.Refused(Problems.Conflict(ConnectionRefusal.NotAvailable(ConnectionSubject.Mailbox).Detail))
                : Creation<MailboxResponse>.Made(MailboxResponse.Of(connected.Account)),
            ct);
        if (creation.Refusal is { } refusal)
            return refusal;
        if (creation.IsNew)
            await connector.FollowUpAsync(mailbox.UserId, connected!);
        return TypedResults.Created((string?)null, creation.Answer);
    }

    // no connection is held meanwhile
    private async Task<ProblemHttpResult?> RefusalOfGoogleAsync(AuthorizedMailbox mailbox, CancellationToken cancellationToken)
    {
        var provider = gmail with { ProfileUrl = MailProviders.GmailProfile(options.Get(MailProviders.Gmail), mailbox.Address) };
        try
        {
            var grant = await client.RefreshAsync(provider, mailbox.RefreshToken, cancellationToken);
            var profile = await client.ProfileAsync(provider, grant.AccessToken, cancellationToken);
            return profile?.Is(mailbox.Address) == true ? null : NotOpened();
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.GrantRevoked || reason.Failure.HttpStatus is 403 or 404)
        {
            return NotOpened();
        }
        catch (ProviderException reason)
        {
            return ConnectionRefusal.OfToken(reason.Failure).ToProblem(HttpContext);
        }
    }

    private static ProblemHttpResult NotOpened() =>
        Problems.Invalid(new FieldError("refreshToken", "Google does not open this mailbox for it."));
}
