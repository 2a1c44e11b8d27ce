using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Notifications.Templates;
using Switchboard.Core.Postgres;
using KnownChannels = Switchboard.Core.Notifications.Channels;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>The events of a digest.</summary>
/// <param name="Count">How many there were.</param>
/// <param name="Data">What the newest of them brought, the oldest first.</param>
/// <param name="Texts">What those say that have no template.</param>
internal sealed record DigestEvents(long Count, IReadOnlyList<JsonElement> Data, IReadOnlyList<string> Texts);

/// <summary>Writes the notifications of deliveries: by the request's template, or as it says itself.</summary>
internal sealed class MessageWriter(TemplateRenderer renderer, UnsubscribeLinks links)
{
    // push services take 4 kB in all, and as a string within their JSON data may be twice as long
    private const int MaxPushBytes = 1_000;

    /// <summary>Writes what a recipient is sent.</summary>
    /// <param name="context">The request, and its template.</param>
    /// <param name="to">To whom.</param>
    /// <param name="plan">Over which channel.</param>
    /// <param name="id">The notification's id.</param>
    /// <param name="parent">The span that its send belongs to.</param>
    /// <param name="events">What it gathers; null for a request alone.</param>
    /// <returns>Null where the template could not be rendered.</returns>
    public NotificationDraft? Write(
        PlanContext context, Addressee to, PlannedDelivery plan, Guid id, ActivityContext? parent, DigestEvents? events = null)
    {
        var (request, category) = (context.Request, context.Subject.Category);
        var channel = KnownChannels.Find(plan.Channel)!;
        var unsubscribeUrl = to.Recipient is { } recipient && !category.IsCritical
            ? links.UrlFor(request.UserId, recipient.Id, category.Name)
            : null;
        if (Text(context, to, channel, unsubscribeUrl, events) is not { } text)
            return null;

        var content = (text.Content ?? new NotificationContent()) with
        {
            Data = IsReadByPrograms(channel) ? Read(channel, events, request.Request.Data) : null,
            UnsubscribeUrl = channel.Name == KnownChannels.Email ? unsubscribeUrl : null,
            Category = channel.Capabilities.HasFlag(ChannelCapabilities.Subject) ? category.Name : null,
            ExpiresAt = request.Request.ExpiresAt,
        };
        return new(
            request.UserId, plan.Channel, plan.Address, text.Text, request.Priority, NotificationSource.Notify(request.Id), Parent: parent,
            Content: content == new NotificationContent() ? null : content, RecipientId: to.Recipient?.Id,
            Metadata: JsonSerializer.Serialize(
                new Dictionary<string, string> { ["notifyId"] = request.Id.ToString(), ["category"] = category.Name, ["recipient"] = StorableText.From(to.Name) }),
            Id: id);
    }

    private RenderResult.Rendered? Text(
        PlanContext context, Addressee to, ChannelDefinition channel, string? unsubscribeUrl, DigestEvents? events)
    {
        var request = context.Request.Request;
        if (request.Template is not null)
            return context.Template is { } template
                && renderer.Render(template, channel, to.Recipient?.Locale, DataOf(context, to, unsubscribeUrl, events)) is RenderResult.Rendered rendered
                    ? rendered
                    : null;

        var body = events is null ? request.Content!.Body : string.Join("\n\n", events.Texts);
        var subject = channel.Capabilities.HasFlag(ChannelCapabilities.Subject) ? request.Content!.Subject : null;
        return new(MessageLength.Cut(channel, body), subject is null ? null : new NotificationContent { Subject = subject });
    }

    private static bool IsReadByPrograms(ChannelDefinition channel) =>
        channel.Name is KnownChannels.Push or KnownChannels.Inbox or KnownChannels.Webhook;

    private static JsonElement? Read(ChannelDefinition channel, DigestEvents? events, JsonElement? data) =>
        events is null ? data
        : Json(writer => WriteEvents(writer, channel.Name == KnownChannels.Push ? Newest(events, MaxPushBytes) : events));

    // the newest that fit: what is gathered must not be lost for being much
    private static DigestEvents Newest(DigestEvents events, int bytes) => events with
    {
        Data = [.. events.Data.Reverse().TakeWhile(item => (bytes -= JsonMarshal.GetRawUtf8Value(item).Length + 1) >= 0).Reverse()],
    };

    // what a template sees: the request's data, and what we add to it, which no data of the same name takes the place of
    private static JsonElement DataOf(PlanContext context, Addressee to, string? unsubscribeUrl, DigestEvents? events) => Json(writer =>
    {
        string[] ours = events is null ? ["recipient", "unsubscribe_url"] : ["recipient", "unsubscribe_url", "items", "count"];
        if (context.Request.Request.Data is { ValueKind: JsonValueKind.Object } data)
        {
            foreach (var property in data.EnumerateObject().Where(property => !ours.Contains(property.Name)))
                property.WriteTo(writer);
        }

        writer.WriteStartObject("recipient");
        writer.WriteString("id", to.Name);
        writer.WriteString("locale", to.Recipient?.Locale);
        writer.WriteString("time_zone", to.Recipient?.TimeZone);
        writer.WritePropertyName("properties");
        if (to.Recipient is { } recipient)
            recipient.Properties.WriteTo(writer);
        else
            writer.WriteRawValue("{}");
        writer.WriteEndObject();
        writer.WriteString("unsubscribe_url", unsubscribeUrl);
        if (events is not null)
            WriteEvents(writer, events);
    });

    private static void WriteEvents(Utf8JsonWriter writer, DigestEvents events)
    {
        writer.WriteNumber("count", events.Count);
        writer.WriteStartArray("items");
        foreach (var item in events.Data)
            item.WriteTo(writer);
        writer.WriteEndArray();
    }

    private static JsonElement Json(Action<Utf8JsonWriter> properties)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            properties(writer);
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }
}
