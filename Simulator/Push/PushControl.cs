using System.Text.Json.Serialization;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Push;

/// <summary>FCM at <c>/fcm</c>, APNs at <c>/apns</c>, the browsers' push service at <c>/push/web</c>; and <c>/_sim/push</c>.</summary>
internal static class PushControl
{
    public static IServiceCollection AddPush(this IServiceCollection services)
    {
        services.AddOptions<FcmOptions>().BindConfiguration(FcmOptions.Section);
        services.AddOptions<ApnsOptions>().BindConfiguration(ApnsOptions.Section);
        return services
            .AddSingleton<MessageStore<SentPush>>()
            .AddSingleton<DeadTokens>()
            .AddSingleton<BrowserSubscriptions>()
            .AddSingleton<FcmEndpoint>()
            .AddSingleton<ApnsEndpoint>()
            .AddSingleton<WebPushEndpoint>()
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, PushJson.Default));
    }

    public static void MapPush(this WebApplication app)
    {
        app.MapPost("/fcm/token", (HttpRequest request, FcmEndpoint fcm) => fcm.TokenAsync(request));
        app.MapPost(
            "/fcm/v1/projects/{project}/messages:send",
            (HttpRequest request, string project, FcmEndpoint fcm) => fcm.SendAsync(request, project));
        app.MapPost("/apns/3/device/{token}", (HttpRequest request, string token, ApnsEndpoint apns) => apns.InvokeAsync(request, token));
        app.MapPost("/push/web/{id}", (HttpRequest request, string id, WebPushEndpoint push) => push.InvokeAsync(request, id));

        var group = app.MapGroup("/_sim/push");
        group.MapGet("/messages", List);
        group.MapDelete("/messages", Clear);
        group.MapPost("/tokens/{token}", SetToken);
        group.MapPost("/subscriptions", Subscribe);
    }

    private static IResult List(
        MessageStore<SentPush> messages, string? since = null, string? cursor = null, int limit = Since.DefaultLimit,
        string? service = null, string? to = null, string? q = null)
    {
        if (!Since.TryParse(since ?? cursor, out var after))
        {
            return ControlProblems.Invalid("since", Since.Error);
        }

        if (limit is < 1 or > Since.MostLimit)
        {
            return ControlProblems.Invalid("limit", Since.LimitError);
        }

        var (page, next) = Since.Page(messages, after, limit, message =>
            (service is null || message.Service == service) && (to is null || message.To == to)
            && (q is null || $"{message.Title}\n{message.Body}".Contains(q, StringComparison.OrdinalIgnoreCase)));
        return Results.Json(new PushPage(page, next), PushJson.Default.PushPage);
    }

    private static IResult Clear(MessageStore<SentPush> messages, DeadTokens dead)
    {
        messages.Clear();
        dead.Clear();
        return Results.NoContent();
    }

    private static IResult SetToken(string token, TokenChange change, DeadTokens dead)
    {
        dead.Set(token, change.Dead ?? true, change.Code);
        return Results.NoContent();
    }

    private static IResult Subscribe(NewSubscription request, BrowserSubscriptions subscriptions, SimulatorAddress address)
    {
        var subscription = subscriptions.Add(request.ApplicationServerKey);
        return Results.Json(
            new SubscriptionView(
                subscription.Id, $"{address.Url}/push/web/{subscription.Id}", null, new(subscription.P256dh, subscription.Auth)),
            PushJson.Default.SubscriptionView,
            statusCode: 201);
    }
}

/// <summary>What <c>GET /_sim/push/messages</c> answers.</summary>
internal sealed record PushPage(IReadOnlyList<SentPush> Items, string? NextCursor);

/// <summary>The body of <c>POST /_sim/push/tokens/{token}</c>.</summary>
/// <param name="Dead">Whether it is dead from now on; true if left out.</param>
/// <param name="Code">The code of its service: UNREGISTERED, SENDER_ID_MISMATCH, INVALID_ARGUMENT; Unregistered, BadDeviceToken.</param>
internal sealed record TokenChange(bool? Dead = null, string? Code = null);

/// <summary>The body of <c>POST /_sim/push/subscriptions</c>.</summary>
/// <param name="ApplicationServerKey">The key that the page subscribes with, base64url; without it messages may be signed by any.</param>
internal sealed record NewSubscription(string? ApplicationServerKey = null);

/// <summary>A subscription as <c>PushSubscription.toJSON()</c> has it, and its id.</summary>
internal sealed record SubscriptionView(string Id, string Endpoint, long? ExpirationTime, SubscriptionView.KeysView Keys)
{
    internal sealed record KeysView(string P256dh, string Auth);
}

internal sealed record FcmToken(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("token_type")] string TokenType);

internal sealed record FcmName(string Name);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PushPage))]
[JsonSerializable(typeof(TokenChange))]
[JsonSerializable(typeof(NewSubscription))]
[JsonSerializable(typeof(SubscriptionView))]
[JsonSerializable(typeof(FcmToken))]
[JsonSerializable(typeof(FcmName))]
internal sealed partial class PushJson : JsonSerializerContext;
