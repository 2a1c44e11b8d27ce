using System.Text.Json;
using System.Text.Json.Serialization;
using FluentValidation;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Edge.Api.Notifications.Recipients;

/// <summary>A recipient as the API shows it, without secrets.</summary>
/// <param name="Id">What its user calls it.</param>
/// <param name="Email">Its address of mail.</param>
/// <param name="Phone">Its number for SMS.</param>
/// <param name="Whatsapp">Its number for WhatsApp.</param>
/// <param name="Push">Its devices and browsers.</param>
/// <param name="Chat">Its webhooks of chat services.</param>
/// <param name="Disabled">Which addresses nothing is sent to any more, and why.</param>
/// <param name="TimeZone">Its zone; null for UTC.</param>
/// <param name="Locale">Its locale; null for the default.</param>
/// <param name="Properties">What templates may use.</param>
/// <param name="CreatedAt">When it was made known first.</param>
/// <param name="UpdatedAt">When it was last.</param>
internal sealed record RecipientResponse(
    string Id,
    string? Email,
    string? Phone,
    string? Whatsapp,
    IReadOnlyList<ShownPushAddress> Push,
    IReadOnlyList<ShownChatAddress> Chat,
    IReadOnlyList<DisabledAddress> Disabled,
    string? TimeZone,
    string? Locale,
    JsonElement Properties,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    private const int ShownCharacters = 4;

    /// <summary>The number of a recipient's row, in whose order lists are; not shown.</summary>
    [JsonIgnore]
    public Guid Row { get; private init; }

    /// <summary>Makes it.</summary>
    public static RecipientResponse Of(Recipient recipient) => new(
        recipient.ExternalId,
        One(recipient, Channels.Email),
        One(recipient, Channels.Sms),
        One(recipient, Channels.WhatsApp),
        [.. Of(recipient, Channels.Push).Select(push => new ShownPushAddress(push.Id, push.Service, Ending(push)))],
        [.. Of(recipient, Channels.Chat).Select(chat => new ShownChatAddress(chat.Id, chat.Service, Ending(chat)))],
        [
            .. recipient.Addresses.Where(address => address.DisabledReason is not null).Select(address => new DisabledAddress(
                address.Id, address.Channel, address.Service.Length > 0 ? Ending(address) : address.Value, address.DisabledReason!)),
        ],
        recipient.TimeZone,
        recipient.Locale,
        recipient.Properties,
        recipient.CreatedAt,
        recipient.UpdatedAt)
    {
        Row = recipient.Id,
    };

    private static IEnumerable<RecipientAddress> Of(Recipient recipient, string channel) =>
        recipient.Addresses.Where(address => address.Channel == channel);

    private static string? One(Recipient recipient, string channel) => Of(recipient, channel).FirstOrDefault()?.Value;

    private static string Ending(RecipientAddress address)
    {
        var value = address.Service == PushAddressRequest.Web
            ? JsonSerializer.Deserialize<WebPushSubscription>(address.Value, JsonSerializerOptions.Web)?.Endpoint ?? ""
            : address.Value;
        return $"…{value[Math.Max(0, value.Length - ShownCharacters)..]}";
    }
}

/// <summary>A device or browser; of its token, or the address of its subscription, the end is shown.</summary>
internal sealed record ShownPushAddress(Guid Id, string Service, string Token);

/// <summary>A webhook of a chat service, whose end is shown.</summary>
internal sealed record ShownChatAddress(Guid Id, string Service, string Url);

/// <summary>An address that nothing is sent to any more, until it is given again.</summary>
internal sealed record DisabledAddress(Guid Id, string Channel, string Address, string Reason);

/// <summary>Which recipients to list.</summary>
internal sealed class ListRecipientsRequest : PageRequest
{
    /// <summary>Only those who follow this topic.</summary>
    [QueryParam]
    public string? Topic { get; set; }

    /// <summary>Only those who have this address: of mail, a phone number, a token, the URL of a webhook.</summary>
    [QueryParam]
    public string? Address { get; set; }
}

internal sealed class ListRecipientsValidator : PageValidator<ListRecipientsRequest>
{
    public ListRecipientsValidator()
        : base(ListRecipients.Name)
    {
        RuleFor(request => request.Topic).NotEmpty().When(request => request.Topic is not null).Text(Names.MaxLength);
        RuleFor(request => request.Address).NotEmpty().When(request => request.Address is not null).Text(4_096);
        RuleFor(request => request.Address).Null().When(request => request.Topic is not null).WithMessage("Give topic or address.");
    }
}

/// <summary><c>GET /api/recipients</c>: the user's recipients, newest first.</summary>
internal sealed class ListRecipients(RecipientStore recipients) : ListEndpoint<ListRecipientsRequest, RecipientResponse>(Name)
{
    public const string Name = "recipients";

    // not of web push: what is compared there is the whole subscription
    private static readonly (string Channel, string Service)[] Kinds =
    [
        (Channels.Email, ""), (Channels.Sms, ""), (Channels.WhatsApp, ""), (Channels.Push, "fcm"), (Channels.Push, "apns"),
        .. ChatAddresses.Services.Select(service => (Channels.Chat, service)),
    ];

    public override void Configure() => List("/api/recipients", Scope.Notifications, "Recipients", "List recipients, newest first");

    protected override async Task<List<RecipientResponse>> ReadAsync(
        ListRecipientsRequest request, Cursor? after, int take, CancellationToken cancellationToken)
    {
        var userId = HttpContext.Caller().UserId;
        var found = request switch
        {
            { Topic: { } topic } => recipients.ListOfTopicAsync(userId, topic, after?.Id, take, cancellationToken),
            { Address: { } address } => recipients.ListByAddressAsync(
                userId, [.. Kinds.Select(kind => RecipientAddressStore.Fingerprint(kind.Channel, kind.Service, address))],
                after?.Id, take, cancellationToken),
            _ => recipients.ListAsync(userId, after?.Id, take, cancellationToken),
        };
        return (await found).ConvertAll(RecipientResponse.Of);
    }

    protected override Cursor CursorOf(RecipientResponse item) => new(item.CreatedAt, item.Row);
}

/// <summary><c>GET /api/recipients/{id}</c>, by the user's own id.</summary>
internal sealed class GetRecipient(RecipientStore recipients) : EndpointWithoutRequest<Results<Ok<RecipientResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/recipients/{id}");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Recipients", "Read a recipient")
            .WithDescription("By your own id, percent-encoded. Of tokens and webhooks the last four characters are shown.")
            .Produces<RecipientResponse>().Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<RecipientResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct) =>
        await recipients.OfRouteAsync(HttpContext, ct) is { } found
            ? TypedResults.Ok(RecipientResponse.Of(found))
            : Problems.NotFound("recipient", RecipientId.OfRoute(HttpContext));
}

internal static class RouteRecipients
{
    /// <summary>The caller's recipient that the route names; null if there is none.</summary>
    public static async Task<Recipient?> OfRouteAsync(
        this RecipientStore recipients, HttpContext context, CancellationToken cancellationToken)
    {
        var id = RecipientId.OfRoute(context);
        return RecipientId.ErrorOf(id) is null
            && (await recipients.FindAsync(context.Caller().UserId, [id], cancellationToken)).TryGetValue(id, out var found) ? found : null;
    }
}
