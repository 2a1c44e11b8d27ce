using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Ingest.Notifications;

/// <summary>A notification of which a provider says something; its row is locked.</summary>
internal sealed record TrackedNotification(Guid Id, Guid UserId, string Channel, DeliveryStatus Status, DateTimeOffset CreatedAt);
