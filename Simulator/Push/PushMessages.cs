using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Push;

/// <summary>A message that a push service took.</summary>
/// <param name="Sequence">Its place in the order.</param>
/// <param name="Id">The service's id of it.</param>
/// <param name="Service">fcm, apns or web.</param>
/// <param name="To">The device's token, or the subscription's id.</param>
/// <param name="Title">What is shown above the text.</param>
/// <param name="Body">The text.</param>
/// <param name="Data">What the app reads.</param>
/// <param name="Headers">The headers that say what the service is to do with it.</param>
/// <param name="HttpVersion">By which HTTP it came.</param>
internal sealed record SentPush(
    [property: JsonIgnore] long Sequence,
    string Id,
    string Service,
    string To,
    string? Title,
    string? Body,
    IReadOnlyDictionary<string, string> Data,
    IReadOnlyDictionary<string, string> Headers,
    string HttpVersion) : IStoredMessage
{
    public DateTimeOffset SentAt => DateTimeOffset.UnixEpoch.AddTicks(Sequence * TimeSpan.TicksPerMicrosecond);

    /// <summary>The fields of an object whose values are all strings; null when they are not.</summary>
    public static Dictionary<string, string>? Strings(JsonElement? element) => element switch
    {
        null => [],
        { ValueKind: JsonValueKind.Object } fields when fields.EnumerateObject().All(field => field.Value.ValueKind == JsonValueKind.String) =>
            fields.EnumerateObject().ToDictionary(field => field.Name, field => field.Value.GetString()!),
        _ => null,
    };

    /// <summary>The headers with these names that came.</summary>
    public static Dictionary<string, string> HeadersOf(HttpRequest request, params ReadOnlySpan<string> names)
    {
        var found = new Dictionary<string, string>();
        foreach (var name in names)
        {
            if (request.Headers.TryGetValue(name, out var value))
            {
                found[name] = value.ToString();
            }
        }

        return found;
    }
}

/// <summary>The tokens and subscriptions that are no longer there, each with the code by which its service says so; null for the
/// usual.</summary>
internal sealed class DeadTokens
{
    private readonly ConcurrentDictionary<string, string> _dead = new();

    public void Set(string token, bool isDead, string? code)
    {
        if (isDead)
        {
            _dead[token] = code ?? "";
        }
        else
        {
            _dead.TryRemove(token, out _);
        }
    }

    /// <summary>Whether it is dead, and by which code.</summary>
    public bool Has(string token, out string? code)
    {
        var isDead = _dead.TryGetValue(token, out var said);
        code = string.IsNullOrEmpty(said) ? null : said;
        return isDead;
    }

    public void Clear() => _dead.Clear();
}
