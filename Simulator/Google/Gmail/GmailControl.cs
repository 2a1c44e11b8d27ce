using System.Globalization;
using System.Text.Json;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Google;

/// <summary><c>/_sim/gmail</c>: what a test or a person does to Gmail.</summary>
internal static class GmailControl
{
    private const int MostAtOnce = 10_000;

    public static void MapGmailControl(this WebApplication app)
    {
        var group = app.MapGroup("/_sim/gmail");
        group.MapPost("/messages", Receive);
        group.MapPost("/repeat", RepeatAsync);
        group.MapGet("/mailboxes", List);
        group.MapPost("/revoke", Revoke);
        group.MapPost("/restore", Restore);
        group.MapPost("/consent", Consent);
        group.MapPost("/tokens", Tokens);
    }

    private static IResult Receive(JsonElement body, Inbox inbox)
    {
        NewMail[] mails;
        try
        {
            mails = body.ValueKind == JsonValueKind.Array
                ? body.Deserialize(GmailJson.Default.NewMailArray)!
                : [body.Deserialize(GmailJson.Default.NewMail)!];
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException(e.Message, e);
        }

        if (mails.Length is 0 or > MostAtOnce)
        {
            return ControlProblems.Invalid("body", $"Send one mail, or an array of 1 to {MostAtOnce}.");
        }

        for (var index = 0; index < mails.Length; index++)
        {
            if ((mails[index] is null ? "Not a mail." : mails[index].Error) is { } error)
            {
                return ControlProblems.Invalid(body.ValueKind == JsonValueKind.Array ? $"[{index}]" : "body", error);
            }
        }

        var added = inbox.Receive(mails).Select(Added).ToArray();
        return body.ValueKind == JsonValueKind.Array
            ? Results.Json(added, GmailJson.Default.AddedMailArray, statusCode: 202)
            : Results.Json(added[0], GmailJson.Default.AddedMail, statusCode: 202);
    }

    private static async Task<IResult> RepeatAsync(PushDelivery pushes, CancellationToken cancellationToken) =>
        pushes.Last is not { } push
            ? Results.Problem("Send a mail first: POST /_sim/gmail/messages.", statusCode: 409, title: "No notification was pushed yet.")
            : Results.Json(
                new RepeatedPush(
                    Text(push.MessageId), push.Address, push.HistoryId, (int?)await pushes.RepeatAsync(push, cancellationToken)),
                GmailJson.Default.RepeatedPush);

    private static MailboxView[] List(Mailboxes mailboxes, AccessTokens tokens) =>
        [.. mailboxes.All.OrderBy(mailbox => mailbox.Address, StringComparer.Ordinal).Select(mailbox => new MailboxView(
            mailbox.Address,
            mailbox.Count,
            Text(mailbox.HistoryId),
            mailbox.WatchedUntil,
            mailbox.IsStopped,
            tokens.IsRevoked(mailbox.Address),
            tokens.RefreshTokenOf(mailbox.Address)))];

    private static IResult Revoke(MailboxName request, AccessTokens tokens) => Change(request, tokens.Revoke);

    private static IResult Restore(MailboxName request, AccessTokens tokens) => Change(request, tokens.Restore);

    private static IResult Consent(MailboxConsent request, AccessTokens tokens) =>
        Change(new MailboxName(request.Address), address => tokens.Answer(address, request.Consents));

    private static IResult Change(MailboxName request, Action<string> change)
    {
        if (string.IsNullOrWhiteSpace(request.Address))
        {
            return ControlProblems.Invalid("address", "Name the mailbox, such as demo@example.com.");
        }

        change(request.Address);
        return Results.NoContent();
    }

    private static IResult Tokens(TokenSettings settings, AccessTokens tokens)
    {
        if (settings.LifetimeSeconds is < 1 or > 86_400)
        {
            return ControlProblems.Invalid("lifetimeSeconds", "Use 1 to 86400 seconds; expireNow ends those that there are.");
        }

        tokens.LifetimeSeconds = settings.LifetimeSeconds ?? tokens.LifetimeSeconds;
        if (settings.ExpireNow)
        {
            tokens.ExpireAll();
        }

        return Results.Json(new TokenSettings(tokens.LifetimeSeconds, settings.ExpireNow), GmailJson.Default.TokenSettings);
    }

    private static AddedMail Added(StoredMail mail) => new(mail.Id, mail.ThreadId, mail.Mail.To!, Text(mail.HistoryId));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A mail of <c>POST /_sim/gmail/messages</c>.</summary>
/// <param name="To">The mailbox; it is made when there is none.</param>
/// <param name="From">The sender, with or without a display name.</param>
/// <param name="Subject">May be empty.</param>
/// <param name="Body">The text; may be empty.</param>
/// <param name="Html">The same as HTML: then the mail is <c>multipart/alternative</c>.</param>
/// <param name="Attachments">What is attached: then the mail is <c>multipart/mixed</c>.</param>
/// <param name="ThreadId">The conversation; without it the mail begins one.</param>
/// <param name="MessageId">The header <c>Message-ID</c>.</param>
/// <param name="Headers">Further headers.</param>
/// <param name="Report">What it says of each recipient; then it is a delivery report.</param>
/// <param name="Reported">The Message-ID of the mail that it reports of.</param>
internal sealed record NewMail(
    string? To,
    string? From,
    string? Subject = null,
    string? Body = null,
    string? Html = null,
    IReadOnlyList<NewAttachment>? Attachments = null,
    string? ThreadId = null,
    string? MessageId = null,
    IReadOnlyDictionary<string, string>? Headers = null,
    IReadOnlyList<ReportedDelivery>? Report = null,
    string? Reported = null)
{
    /// <summary>What is wrong with it and what to do; null when nothing is.</summary>
    public string? Error =>
        To is null || !To.Contains('@', StringComparison.Ordinal) ? "to: name the mailbox, such as demo@example.com."
        : string.IsNullOrWhiteSpace(From) ? "from: name the sender, such as billing@acme.test."
        : null;
}

/// <summary>An attachment of a mail; its content is never read.</summary>
internal sealed record NewAttachment(string Name, string ContentType = "application/octet-stream", long Size = 0);

/// <summary>What <c>POST /_sim/gmail/messages</c> answers for a mail.</summary>
internal sealed record AddedMail(string Id, string ThreadId, string To, string HistoryId);

/// <summary>What <c>POST /_sim/gmail/repeat</c> answers; <c>edgeStatus</c> is what the webhook answered, missing when it did not.</summary>
internal sealed record RepeatedPush(string MessageId, string Address, long HistoryId, int? EdgeStatus);

/// <summary>A mailbox of <c>GET /_sim/gmail/mailboxes</c>.</summary>
internal sealed record MailboxView(
    string Address, int Messages, string HistoryId, DateTimeOffset? WatchedUntil, bool IsStopped, bool IsRevoked, string RefreshToken);

/// <summary>The body of <c>POST /_sim/gmail/revoke</c> and <c>/restore</c>.</summary>
internal sealed record MailboxName(string? Address);

/// <summary>The body of <c>POST /_sim/gmail/consent</c>.</summary>
/// <param name="Address">Whose mailbox.</param>
/// <param name="Consents">Whether its account holder consents when they are asked from now on.</param>
internal sealed record MailboxConsent(string? Address, bool Consents = true);

/// <summary>The body of <c>POST /_sim/gmail/tokens</c>.</summary>
/// <param name="LifetimeSeconds">How long tokens given out from now on are good for.</param>
/// <param name="ExpireNow">Whether those given out so far end now.</param>
internal sealed record TokenSettings(int? LifetimeSeconds = null, bool ExpireNow = false);
