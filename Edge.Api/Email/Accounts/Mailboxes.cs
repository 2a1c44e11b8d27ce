using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

// /api/mailboxes: mailboxes of Gmail, connected by a refresh token that their user got elsewhere

/// <summary>A connected mailbox; never its token.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Provider">gmail.</param>
/// <param name="Address">Its address.</param>
/// <param name="Status">active, paused or revoked (its user took the permission back).</param>
/// <param name="StatusReason">Why it is not active.</param>
/// <param name="WatchExpiresAt">Until when the provider pushes; renewed daily.</param>
/// <param name="SyncedAt">When it was last read to the end.</param>
/// <param name="CreatedAt">When it was connected first.</param>
internal sealed record MailboxResponse(
    Guid Id,
    string Provider,
    string Address,
    string Status,
    string? StatusReason,
    DateTimeOffset? WatchExpiresAt,
    DateTimeOffset? SyncedAt,
    DateTimeOffset CreatedAt)
{
    /// <summary>The columns, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns = "id, provider, address, status, status_reason, watch_expires_at, synced_at, created_at";

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static MailboxResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Text(4),
        row.Nullable<DateTimeOffset>(5), row.Nullable<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset>(7));
}

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
/// <c>POST /api/mailboxes</c>: connects a mailbox, or one's own once more with a new token. From then on its new mail is read.
/// </summary>
internal sealed class ConnectMailbox(
    CreatingTransactions transactions, DailyQuotas quotas, JobOutbox outbox, SecretProtector secrets, AccountCache cache, TimeProvider timeProvider)
    : Endpoint<ConnectMailboxRequest, Results<Created<MailboxResponse>, ProblemHttpResult>>
{
    private const string RefreshTokenPurpose = "gmail-refresh-token";

    public override void Configure()
    {
        Post("/api/mailboxes");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mailboxes", "Connect a mailbox of Gmail")
            .Produces<MailboxResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<MailboxResponse>, ProblemHttpResult>> ExecuteAsync(
        ConnectMailboxRequest request, CancellationToken cancellationToken)
    {
        var address = request.Address!.Trim().ToLowerInvariant();
        if (await quotas.TakeAsync(HttpContext, Quota.Mailboxes, HttpContext.Caller().UserId, cancellationToken) is { } usedUp)
            return usedUp;
        // its first sync asks Gmail to push, too
        OutgoingJob[] staged = [new(new SyncMailbox(Guid.CreateVersion7(timeProvider.GetUtcNow()), address, null))];
        var creation = await transactions.RunAsync(
            HttpContext, request, transaction => ConnectAsync(transaction, address, request.RefreshToken!.Trim(), staged, cancellationToken),
            cancellationToken);
        if (creation.Refusal is { } refusal)
            return refusal;
        if (creation.IsNew)
        {
            await cache.ForgetAsync(HttpContext.Caller().UserId, creation.Answer!.Id);
            await outbox.FlushAsync(staged, CancellationToken.None);
        }

        return TypedResults.Created((string?)null, creation.Answer);
    }

    private async Task<Creation<MailboxResponse>> ConnectAsync(
        NpgsqlTransaction transaction, string address, string refreshToken, OutgoingJob[] staged, CancellationToken cancellationToken)
    {
        var mailbox = await AccountStore.ConnectGmailAsync(
            transaction, HttpContext.Caller().UserId, address, secrets.Protect(refreshToken, RefreshTokenPurpose),
            timeProvider.GetUtcNow(), cancellationToken);
        if (mailbox is null)
            return Creation<MailboxResponse>.Refused(Problems.Conflict("This mailbox is connected to another user."));

        await outbox.StageAsync(transaction.Connection!, transaction, staged, cancellationToken);
        return Creation<MailboxResponse>.Made(mailbox);
    }
}

internal sealed class ListMailboxesRequest : PageRequest;

internal sealed class ListMailboxesValidator() : PageValidator<ListMailboxesRequest>(ListMailboxes.Name);

/// <summary><c>GET /api/mailboxes</c>: the user's mailboxes of Gmail, newest first; those of every provider are at
/// <c>GET /api/accounts/email</c>.</summary>
internal sealed class ListMailboxes(AccountStore store) : Endpoint<ListMailboxesRequest, Ok<Page<MailboxResponse>>>
{
    public const string Name = "mailboxes";

    public override void Configure()
    {
        Get("/api/mailboxes");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mailboxes", "List connected mailboxes of Gmail, newest first")
            .Produces<Page<MailboxResponse>>().Refuses(400, 401, 403, 429, 503));
    }

    public override async Task<Ok<Page<MailboxResponse>>> ExecuteAsync(ListMailboxesRequest request, CancellationToken cancellationToken)
    {
        var mailboxes = await store.ListGmailAsync(
            HttpContext.Caller().UserId, Cursor.Of(Name, request)?.Id, request.PageSize() + 1, cancellationToken);
        return TypedResults.Ok(Page<MailboxResponse>.Of(
            mailboxes, request.PageSize(), last => new Cursor(last.CreatedAt, last.Id).Encode(Name)));
    }
}

/// <summary><c>DELETE /api/mailboxes/{id}</c>: it is not read any more, its token is gone, and what was tracked of it soon is too.</summary>
internal sealed class DisconnectMailbox(AccountRemoval accounts) : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/mailboxes/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mailboxes", "Disconnect a mailbox")
            .Produces(204).Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken cancellationToken)
    {
        var id = Route<Guid>("id");
        return await accounts.RemoveAsync(id, HttpContext.Caller().UserId, AccountProvider.Gmail, cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound("mailbox", id);
    }
}
