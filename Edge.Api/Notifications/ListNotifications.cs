using System.Text.Json;
using FluentValidation;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Notifications;

/// <summary>Which of the user's notifications.</summary>
internal interface INotificationFilter
{
    /// <summary>Only those in this state: pending, sending, sent, delivered, read, failed or cancelled.</summary>
    string? Status { get; }

    /// <summary>Only those over this channel.</summary>
    string? Channel { get; }

    /// <summary>Only those made at this time or later.</summary>
    DateTimeOffset? Since { get; }

    /// <summary>Only those made before this time.</summary>
    DateTimeOffset? Until { get; }

    /// <summary>Only those of this category.</summary>
    string? Category { get; }

    /// <summary>Only those that this request at <c>/api/notify</c> led to.</summary>
    Guid? NotifyId { get; }

    /// <summary>Only those to this recipient, by its external id.</summary>
    string? Recipient { get; }
}

/// <summary>What holds for each such filter.</summary>
internal static class NotificationFilters
{
    /// <summary>What the metadata of a notification must hold; null for nothing.</summary>
    public static string? Metadata(this INotificationFilter filter)
    {
        var wanted = new Dictionary<string, string>();
        if (filter.Category is { } category)
            wanted["category"] = category;
        if (filter.NotifyId is { } id)
            wanted["notifyId"] = id.ToString();
        if (filter.Recipient is { } recipient)
            wanted["recipient"] = recipient;
        return wanted.Count == 0 ? null : JsonSerializer.Serialize(wanted);
    }

    public static void FilterRules<T>(this AbstractValidator<T> validator)
        where T : INotificationFilter
    {
        validator.RuleFor(request => request.Status)
            .Must(status => DeliveryStatuses.TryParse(status, out _))
            .When(request => request.Status is not null)
            .WithMessage($"It must be one of {string.Join(", ", Enum.GetValues<DeliveryStatus>().Select(DeliveryStatuses.Name))}.");
        validator.RuleFor(request => request.Channel).OneOf(Channels.Names).When(request => request.Channel is not null);
        validator.RuleFor(request => request.Until)
            .GreaterThan(request => request.Since)
            .When(request => request is { Since: not null, Until: not null })
            .WithMessage("It must be after since.");
        validator.RuleFor(request => request.Category).Text(200);
        validator.RuleFor(request => request.Recipient).Text(320);
    }
}

/// <summary>Which notifications to list.</summary>
internal sealed class ListNotificationsRequest : PageRequest, INotificationFilter
{
    /// <inheritdoc/>
    [QueryParam]
    public string? Status { get; set; }

    /// <inheritdoc/>
    [QueryParam]
    public string? Channel { get; set; }

    /// <inheritdoc/>
    [QueryParam]
    public DateTimeOffset? Since { get; set; }

    /// <inheritdoc/>
    [QueryParam]
    public DateTimeOffset? Until { get; set; }

    /// <inheritdoc/>
    [QueryParam]
    public string? Category { get; set; }

    /// <inheritdoc/>
    [QueryParam]
    public Guid? NotifyId { get; set; }

    /// <inheritdoc/>
    [QueryParam]
    public string? Recipient { get; set; }
}

internal sealed class ListNotificationsValidator : PageValidator<ListNotificationsRequest>
{
    public ListNotificationsValidator()
        : base(ListNotifications.Name)
    {
        this.FilterRules();
    }
}

/// <summary><c>GET /api/notifications</c>: the user's notifications, newest first.</summary>
internal sealed class ListNotifications(ReadDatabase database, QueryMonitor queries)
    : ListEndpoint<ListNotificationsRequest, NotificationResponse>(Name)
{
    public const string Name = "notifications";

    // no index holds the status, which changes with each send: the times beside it are what the partial ones go by. Ids are as old as their
    // rows or older, so that what was made before a time is a range of them.
    internal const string Sql =
        $"""
        SELECT {NotificationResponse.Columns}
        FROM notifications n
        WHERE n.user_id = $1
          AND ($2::text IS NULL OR n.delivery_status = $2)
          AND ($2::text IS NULL OR $2 NOT IN ('pending', 'sending')
               OR coalesce(n.sent_at, n.failed_at, n.cancelled_at) IS NULL)
          AND ($2::text IS DISTINCT FROM 'cancelled' OR n.cancelled_at IS NOT NULL)
          AND ($2::text IS DISTINCT FROM 'failed' OR n.failed_at IS NOT NULL)
          AND ($3::text IS NULL OR n.channel = $3)
          AND ($4::timestamptz IS NULL OR (n.created_at >= $4 AND n.id > $5::uuid))
          AND ($6::timestamptz IS NULL OR (n.created_at < $6 AND n.id < $10::uuid))
          AND ($7::uuid IS NULL OR n.id < $7)
          AND ($9::jsonb IS NULL OR n.metadata @> $9::jsonb)
        ORDER BY n.id DESC
        LIMIT $8
        """;

    public override void Configure() =>
        List("/api/notifications", Scope.Notifications, "Notifications", "List notifications, newest first");

    protected override Task<List<NotificationResponse>> ReadAsync(
        ListNotificationsRequest request, Cursor? after, int take, CancellationToken cancellationToken) =>
        database.ReadAsync(
            HttpContext.Caller().UserId,
            source => queries.RunAsync(
                "notifications",
                source.Command(
                    Sql, HttpContext.Caller().UserId, request.Status, request.Channel, request.Since,
                    request.Since is { } since ? TimeOrderedId.Before(since) : null, request.Until, after?.Id, take,
                    request.Metadata(), request.Until is { } until ? TimeOrderedId.After(until) : null),
                (command, ct) => command.ListAsync(NotificationResponse.Read, ct),
                cancellationToken),
            cancellationToken);

    protected override Cursor CursorOf(NotificationResponse item) => new(item.CreatedAt, item.Id);
}
