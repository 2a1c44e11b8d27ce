namespace Switchboard.Simulator.Gmail;

/// <summary>Checks the access token of a Gmail call and finds the mailbox that it is about.</summary>
internal sealed class GmailAuthorization(AccessTokens tokens, Mailboxes mailboxes) : IEndpointFilter
{
    private const string Scheme = "Bearer ";
    private static readonly object MailboxKey = new();

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || tokens.Check(header[Scheme.Length..]) is not { } consent)
        {
            return ValueTask.FromResult<object?>(GoogleErrors.Unauthenticated);
        }

        var user = (string)http.Request.RouteValues["userId"]!;
        var address = user == "me" ? consent.Address : user;
        if (!consent.OpensAll && !address.Equals(consent.Address, StringComparison.OrdinalIgnoreCase))
        {
            return ValueTask.FromResult<object?>(GoogleErrors.Denied(address));
        }

        http.Items[MailboxKey] = mailboxes.Get(address);
        return next(context);
    }

    /// <summary>The mailbox that an authorised call is about.</summary>
    public static Mailbox MailboxOf(HttpContext context) => (Mailbox)context.Items[MailboxKey]!;
}
