using System.Text.Json;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Graph;

namespace Switchboard.Simulator.GraphChanges;

/// <summary><c>/subscriptions</c>: made after a handshake with both addresses, renewed, authorised again, ended.</summary>
internal sealed class SubscriptionCalls(Subscriptions subscriptions, NotificationClient client, IOptions<GraphOptions> options, TimeProvider time)
{
    private readonly TimeSpan _longest = TimeSpan.FromMinutes(options.Value.MaxSubscriptionMinutes);

    public async ValueTask<GraphAnswer> AnswerAsync(GraphRequest request, CancellationToken cancellation) => (request.Method, request.Path) switch
    {
        ("GET", [_]) => List(request),
        ("POST", [_]) => await CreateAsync(request, cancellation),
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

    private Subscription? Find(GraphRequest request, string id) => Guid.TryParse(id, out var guid) ? subscriptions.Find(guid, request.Mailbox) : null;

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

    private async ValueTask<GraphAnswer> CreateAsync(GraphRequest request, CancellationToken cancellation)
    {
        if (SubscriptionRequest.Read(request, time.GetUtcNow(), _longest, out var subscription) is { } error)
        {
            return error;
        }

        foreach (var address in new[] { subscription!.NotificationUrl, subscription.LifecycleUrl }.OfType<Uri>().Distinct())
        {
            if (await client.ValidateAsync(address, cancellation) is { } failure)
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

        if (SubscriptionRequest.ReadExpiry(body, time.GetUtcNow(), _longest, out var expiresAt) is { } error)
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
