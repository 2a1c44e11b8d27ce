using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Chat;

/// <summary>
/// Incoming webhooks of Slack (<c>/slack/services/…</c>), Discord (<c>/discord/api/webhooks/{id}/{token}</c>) and Teams
/// (<c>/teams/workflows/…</c>): each address is one that is there, until a fault says otherwise.
/// </summary>
internal static class ChatEndpoints
{
    private const int DiscordLongest = 2_000;
    private const int TeamsMostBytes = 28 * 1_024;

    public static IServiceCollection AddChat(this IServiceCollection services) => services
        .AddSingleton<MessageStore<SentChat>>()
        .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ChatJson.Default));

    public static void MapChat(this WebApplication app)
    {
        app.MapPost("/slack/services/{**rest}", SlackAsync);
        app.MapPost("/discord/api/webhooks/{id}/{token}", DiscordAsync);
        app.MapPost("/teams/workflows/{**rest}", TeamsAsync);

        var group = app.MapGroup("/_sim/chat");
        group.MapGet("/messages", List);
        group.MapDelete("/messages", (MessageStore<SentChat> messages) =>
        {
            messages.Clear();
            return Results.NoContent();
        });
    }

    private static async Task<IResult> SlackAsync(HttpRequest request, MessageStore<SentChat> messages)
    {
        if (await ControlBody.ReadAsync(request) is not { ValueKind: JsonValueKind.Object } body)
        {
            return Results.Text("invalid_payload", statusCode: 400);
        }

        if (ControlBody.Text(body, "text") is not { Length: > 0 } text)
        {
            return Results.Text("no_text", statusCode: 400);
        }

        Take(messages, "slack", request, text, body);
        return Results.Text("ok");
    }

    private static async Task<IResult> DiscordAsync(HttpRequest request, MessageStore<SentChat> messages)
    {
        if (await ControlBody.ReadAsync(request) is not { ValueKind: JsonValueKind.Object } body)
        {
            return ChatErrors.Discord(400, "50109");
        }

        if (ControlBody.Text(body, "content") is not { Length: > 0 } text)
        {
            return ChatErrors.Discord(400, "50006");
        }

        if (text.Length > DiscordLongest)
        {
            return ChatErrors.Discord(400, "50035");
        }

        var message = Take(messages, "discord", request, text, body);
        return request.Query["wait"] == "true" ? Results.Json(new DiscordCreated(message.Id), ChatJson.Default.DiscordCreated) : Results.NoContent();
    }

    private static async Task<IResult> TeamsAsync(HttpRequest request, MessageStore<SentChat> messages)
    {
        if (request.ContentLength > TeamsMostBytes)
        {
            return ChatErrors.Teams(413, "RequestEntityTooLarge");
        }

        if (await ControlBody.ReadAsync(request) is not { } body || CardOf(body) is not { } card
            || ControlBody.Child(card, "body") is not { ValueKind: JsonValueKind.Array } blocks)
        {
            return ChatErrors.Teams(400, "InvalidRequestContent");
        }

        Take(messages, "teams", request, string.Join('\n', blocks.EnumerateArray().Select(block => ControlBody.Text(block, "text"))), body);
        return Results.StatusCode(202);
    }

    private static JsonElement? CardOf(JsonElement body) =>
        ControlBody.Text(body, "type") == "message"
        && ControlBody.Child(body, "attachments") is { ValueKind: JsonValueKind.Array } attachments
        && attachments.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first
        && ControlBody.Text(first, "contentType") == "application/vnd.microsoft.card.adaptive"
            ? ControlBody.Child(first, "content")
            : null;

    private static SentChat Take(MessageStore<SentChat> messages, string service, HttpRequest request, string text, JsonElement body) =>
        messages.Add(sequence => new SentChat(
            sequence, sequence.ToString(CultureInfo.InvariantCulture), service, $"{request.Path}{request.QueryString}", text, body));

    private static IResult List(
        MessageStore<SentChat> messages, string? since = null, string? cursor = null, int limit = Since.DefaultLimit,
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
            (service is null || message.Service == service)
            && (to is null || message.To.Contains(to, StringComparison.Ordinal))
            && (q is null || message.Text.Contains(q, StringComparison.OrdinalIgnoreCase)));
        return Results.Json(new ChatPage(page, next), ChatJson.Default.ChatPage);
    }
}

/// <summary>The errors of the chat services.</summary>
internal static class ChatErrors
{
    /// <summary>Slack's: a word.</summary>
    public static IResult Slack(int? status, string? code) => Results.Text(
        code ?? status switch
        {
            400 => "invalid_payload",
            403 => "action_prohibited",
            404 => "no_service",
            410 => "channel_is_archived",
            429 => "rate_limited",
            _ => "rollup_error",
        },
        statusCode: status ?? code switch
        {
            "action_prohibited" or "invalid_token" => 403,
            "no_service" or "channel_not_found" => 404,
            "channel_is_archived" => 410,
            null or "rollup_error" => 500,
            _ => 400,
        });

    /// <summary>Discord's: a code and a message, and of 429 how long to wait.</summary>
    public static IResult Discord(int? status, string? code, double? retryAfter = null)
    {
        var number = int.TryParse(code, out var given) ? given : status switch { 404 => 10015, 401 => 50027, 403 => 50013, 400 => 50035, _ => 0 };
        var message = number switch
        {
            10015 => "Unknown Webhook",
            50006 => "Cannot send an empty message",
            50013 => "You lack permissions to perform that action",
            50027 => "Invalid Webhook Token",
            50035 => "Invalid Form Body",
            50109 => "The request body contains invalid JSON.",
            _ => status == 429 ? "You are being rate limited." : "General error",
        };
        var found = status ?? number switch { 10015 => 404, 50027 => 401, 50013 => 403, 0 => 500, _ => 400 };
        return Results.Json(
            new DiscordError(message, number, found == 429 ? retryAfter ?? 0.5 : null), ChatJson.Default.DiscordError, statusCode: found);
    }

    /// <summary>Those of the gateway that starts workflows.</summary>
    public static IResult Teams(int? status, string? code)
    {
        var name = code ?? status switch
        {
            401 => "DirectApiAuthorizationRequired",
            404 => "WorkflowNotFound",
            413 => "RequestEntityTooLarge",
            429 => "WorkflowRunInProgressLimitExceeded",
            >= 400 and < 500 => "InvalidRequestContent",
            _ => "InternalServerError",
        };
        var found = status ?? name switch { "WorkflowNotFound" => 404, "DirectApiAuthorizationRequired" => 401, _ => 500 };
        return Results.Json(new TeamsError(new(name, "The request was not carried out.")), ChatJson.Default.TeamsError, statusCode: found);
    }
}

/// <summary>A message that a webhook took.</summary>
/// <param name="Sequence">Its place in the order.</param>
/// <param name="Id">The service's id of it.</param>
/// <param name="Service">slack, discord or teams.</param>
/// <param name="To">The webhook's path, with its query.</param>
/// <param name="Text">What it says.</param>
/// <param name="Body">All that was posted.</param>
internal sealed record SentChat(
    [property: JsonIgnore] long Sequence, string Id, string Service, string To, string Text, JsonElement Body) : IStoredMessage
{
    public DateTimeOffset SentAt => DateTimeOffset.UnixEpoch.AddTicks(Sequence * TimeSpan.TicksPerMicrosecond);
}

/// <summary>What <c>GET /_sim/chat/messages</c> answers.</summary>
internal sealed record ChatPage(IReadOnlyList<SentChat> Items, string? NextCursor);

internal sealed record DiscordCreated(string Id);

internal sealed record DiscordError(
    string Message, int Code, [property: JsonPropertyName("retry_after")] double? RetryAfter);

internal sealed record TeamsError(TeamsError.ErrorContent Error)
{
    internal sealed record ErrorContent(string Code, string Message);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChatPage))]
[JsonSerializable(typeof(DiscordCreated))]
[JsonSerializable(typeof(DiscordError))]
[JsonSerializable(typeof(TeamsError))]
internal sealed partial class ChatJson : JsonSerializerContext;
