using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Microsoft;

/// <summary><c>/subscriptions</c>: made after a handshake with both addresses, renewed, authorised again, ended.</summary>
internal sealed class SubscriptionCalls(
    Subscriptions subscriptions, SubscriptionHandshake handshake, IOptions<GraphOptions> options, TimeProvider timeProvider)
{
    private readonly TimeSpan _longest = TimeSpan.FromMinutes(options.Value.MaxSubscriptionMinutes);

    public async ValueTask<GraphAnswer> AnswerAsync(GraphRequest request, CancellationToken cancellationToken) =>
        (request.Method, request.Path) switch
        {
            ("GET", [_]) => List(request),
            ("POST", [_]) => await CreateAsync(request, cancellationToken),
            (_, [_, var id]) when Find(request, id) is { } subscription => request.Method switch
            {
                "GET" => One(request, subscription),
                "PATCH" => Renew(request, subscription),
                "DELETE" => Delete(subscription),
                _ => GraphErrors.Invalid("Specified HTTP method is not allowed for the request target."),
            },
            ("POST", [_, var id, "reauthorize"]) when Find(request, id) is { } subscription => Reauthorize(subscription),
            (_, [_, var id, ..]) => GraphErrors.UnknownSubscription(id),
            _ => GraphErrors.Invalid("Specified HTTP method is not allowed for the request target."),
        };

    private Subscription? Find(GraphRequest request, string id) =>
        Guid.TryParse(id, out var guid) ? subscriptions.Find(guid, request.Mailbox) : null;

    private GraphAnswer List(GraphRequest request) => GraphAnswer.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("@odata.context", Context(request));
        json.WriteStartArray("value");
        foreach (var subscription in subscriptions.Of(request.Mailbox))
        {
            subscription.Write(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private async ValueTask<GraphAnswer> CreateAsync(GraphRequest request, CancellationToken cancellationToken)
    {
        if (SubscriptionRequest.Read(request, timeProvider.GetUtcNow(), _longest, out var subscription) is { } error)
        {
            return error;
        }

        foreach (var address in new[] { subscription!.NotificationUrl, subscription.LifecycleUrl }.OfType<Uri>().Distinct())
        {
            if (await handshake.ValidateAsync(address, cancellationToken) is { } failure)
            {
                return GraphErrors.NotValidated(failure);
            }
        }

        subscriptions.Add(subscription);
        return One(request, subscription) with { Status = 201 };
    }

    private GraphAnswer Renew(GraphRequest request, Subscription subscription)
    {
        if (request.Body is not { ValueKind: JsonValueKind.Object } body)
        {
            return GraphErrors.NotJson;
        }

        if (SubscriptionRequest.ReadExpiry(body, timeProvider.GetUtcNow(), _longest, out var expiresAt) is { } error)
        {
            return error;
        }

        (subscription.ExpiresAt, subscription.IsPaused) = (expiresAt, false);
        return One(request, subscription);
    }

    private static GraphAnswer Reauthorize(Subscription subscription)
    {
        subscription.IsPaused = false;
        return new GraphAnswer(204);
    }

    private GraphAnswer Delete(Subscription subscription)
    {
        subscriptions.Remove(subscription.Id);
        return new GraphAnswer(204);
    }

    private static GraphAnswer One(GraphRequest request, Subscription subscription) =>
        GraphAnswer.Json(json => subscription.Write(json, $"{Context(request)}/$entity"));

    private static string Context(GraphRequest request) => $"{request.Root}/$metadata#subscriptions";
}

/// <summary>The body of <c>POST /subscriptions</c>, checked as Graph checks it.</summary>
internal static class SubscriptionRequest
{
    public const int LongestClientState = 128;
    private static readonly string[] ChangeTypes = ["created", "updated", "deleted"];

    /// <summary>Reads one.</summary>
    /// <param name="request">The call.</param>
    /// <param name="now">The time.</param>
    /// <param name="longest">How far ahead it may end.</param>
    /// <param name="subscription">What was read.</param>
    /// <returns>What is wrong with it; null for nothing.</returns>
    public static GraphAnswer? Read(GraphRequest request, DateTimeOffset now, TimeSpan longest, out Subscription? subscription)
    {
        subscription = null;
        if (request.Body is not { ValueKind: JsonValueKind.Object } body)
        {
            return GraphErrors.NotJson;
        }

        var changeType = Text(body, "changeType");
        if (changeType is null || !changeType.Split(',', StringSplitOptions.TrimEntries).All(ChangeTypes.Contains))
        {
            return GraphErrors.InvalidSubscription("changeType: use created, updated or deleted, with commas between.");
        }

        if (Address(body, "notificationUrl") is not { } notifications)
        {
            return GraphErrors.InvalidSubscription("notificationUrl is not an absolute HTTP address.");
        }

        var lifecycle = Address(body, "lifecycleNotificationUrl");
        if (lifecycle is null && Text(body, "lifecycleNotificationUrl") is not null)
        {
            return GraphErrors.InvalidSubscription("lifecycleNotificationUrl is not an absolute HTTP address.");
        }

        if (Text(body, "resource") is not { } resource || !TryReadResource(resource, request.Mailbox, out var folder))
        {
            return GraphErrors.InvalidSubscription("resource: use me/messages or me/mailFolders('inbox')/messages.");
        }

        var state = Text(body, "clientState");
        if (state?.Length > LongestClientState)
        {
            return GraphErrors.InvalidSubscription($"clientState must have {LongestClientState} characters at the most.");
        }

        if (ReadExpiry(body, now, longest, out var expiresAt) is { } error)
        {
            return error;
        }

        subscription = new Subscription(
            Guid.CreateVersion7(now), request.Mailbox, folder, resource, changeType, notifications, lifecycle, state)
        {
            ExpiresAt = expiresAt,
        };
        return null;
    }

    /// <summary>Reads <c>expirationDateTime</c>, which lies ahead, but not too far.</summary>
    public static GraphAnswer? ReadExpiry(JsonElement body, DateTimeOffset now, TimeSpan longest, out DateTimeOffset expiresAt)
    {
        if (!DateTimeOffset.TryParse(Text(body, "expirationDateTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out expiresAt))
        {
            return GraphErrors.InvalidSubscription("expirationDateTime is required.");
        }

        var minutes = longest.TotalMinutes.ToString(CultureInfo.InvariantCulture);
        return expiresAt <= now ? GraphErrors.InvalidSubscription("Subscription expiration must be in the future.")
            : expiresAt > now + longest
                ? GraphErrors.InvalidSubscription($"Subscription expiration can only be {minutes} minutes in the future.")
            : null;
    }

    private static bool TryReadResource(string resource, GraphMailbox mailbox, out MailFolder? folder)
    {
        var mark = resource.IndexOf('?', StringComparison.Ordinal);
        var (path, _) = GraphRequest.ReadAddress(mark < 0 ? resource : resource[..mark], "");
        path = path is ["users", var user, .. var rest] && mailbox.IsOf(user) ? ["me", .. rest] : path;
        folder = path is ["me", "mailFolders", var name, "messages"] ? mailbox.Ids.ReadFolder(name) : null;
        return folder is not null || path is ["me", "messages"];
    }

    private static Uri? Address(JsonElement body, string name) =>
        Uri.TryCreate(Text(body, name), UriKind.Absolute, out var address) && (address.Scheme is "http" or "https") ? address : null;

    private static string? Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

/// <summary>Asks the address of a subscription whether it wants to be one.</summary>
internal sealed class SubscriptionHandshake(EdgeClient edge)
{
    /// <summary>Asks an address to echo a token as plain text within 10 s.</summary>
    /// <returns>What it did instead; null when it did.</returns>
    public async Task<string?> ValidateAsync(Uri address, CancellationToken cancellationToken)
    {
        // with what needs decoding, since many forget it
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        var token = $"Validation: Testing client application reachability for subscription. Request-Id: {id}+/";
        var separator = address.Query.Length == 0 ? '?' : '&';
        using var request = new HttpRequestMessage(HttpMethod.Post,
            $"{address.OriginalString}{separator}validationToken={Uri.EscapeDataString(token)}");
        request.Content = new StringContent("", Encoding.UTF8, "text/plain");
        try
        {
            var answer = await edge.AskOrThrowAsync(request, cancellationToken);
            return answer.Status != 200 ? $"Notification endpoint must respond with 200 OK to validation request, not {answer.Status}."
                : answer.MediaType != "text/plain" ? "The content type of the validation response must be text/plain."
                : answer.Body != token ? "The validation response is not the decoded validation token."
                : null;
        }
        catch (HttpRequestException)
        {
            return "The notification endpoint cannot be reached.";
        }
        catch (TimeoutException)
        {
            return "The request has timed out.";
        }
    }
}
