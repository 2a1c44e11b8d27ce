namespace Switchboard.Edge.Api.Notifications.Inbox;

/// <summary>Which items to list.</summary>
internal sealed class ReadInboxRequest : PageRequest
{
    /// <summary>true: only those that are unread.</summary>
    [QueryParam]
    public bool? Unread { get; set; }

    /// <summary>true: those that were put away, and no others.</summary>
    [QueryParam]
    public bool? Archived { get; set; }
}

internal sealed class ReadInboxValidator() : PageValidator<ReadInboxRequest>(ReadInbox.Name);

/// <summary><c>GET /api/inbox</c>: the recipient's items, what arrived last first.</summary>
internal sealed class ReadInbox(InboxStore store, TimeProvider timeProvider) : ListEndpoint<ReadInboxRequest, InboxItem>(Name)
{
    public const string Name = "inbox";

    public override void Configure()
    {
        Get("/api/inbox");
        AuthSchemes(InboxAuthentication.SchemeName);
        Description(endpoint => endpoint.Titled("Inbox", "List a recipient's items, the last that arrived first").RequireCors(InboxServices.Cors)
            .Produces<Page<InboxItem>>().Refuses(400, 401, 429, 503));
    }

    protected override Task<List<InboxItem>> ReadAsync(
        ReadInboxRequest request, Cursor? after, int take, CancellationToken cancellationToken) =>
        store.ListAsync(
            HttpContext.InboxOwner(), request.Unread is true, request.Archived is true, after?.Id, timeProvider.GetUtcNow(), take,
            cancellationToken);

    protected override Cursor CursorOf(InboxItem item) => new(item.At, item.Id);
}

/// <summary>How much there is to read; above a thousand it is a thousand.</summary>
/// <param name="Unread">Items that are unread, neither put away nor snoozed.</param>
/// <param name="Unseen">Of these, those that were never shown.</param>
internal sealed record UnreadCount(int Unread, int Unseen);

/// <summary><c>GET /api/inbox/unread-count</c>.</summary>
internal sealed class CountUnread(InboxStore store, TimeProvider timeProvider) : EndpointWithoutRequest<Ok<UnreadCount>>
{
    public override void Configure()
    {
        Get("/api/inbox/unread-count");
        AuthSchemes(InboxAuthentication.SchemeName);
        Description(endpoint => endpoint.Titled("Inbox", "Count what a recipient has not read").RequireCors(InboxServices.Cors)
            .Produces<UnreadCount>().Refuses(401, 429, 503));
    }

    public override async Task<Ok<UnreadCount>> ExecuteAsync(CancellationToken ct) =>
        TypedResults.Ok(await store.CountAsync(HttpContext.InboxOwner(), timeProvider.GetUtcNow(), ct));
}
