using System.Text.Json;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Microsoft;

/// <summary>
/// <c>POST /$batch</c>: up to 20 calls. As Graph does it, a few are served at once, each within the limits of the mailbox by itself, and
/// the answers come in any order. A call of which another in its <c>dependsOn</c> failed is answered with 424.
/// </summary>
internal sealed class GraphBatch(GraphRouter router, GraphLimits limits)
{
    private const int MostCalls = 20;

    public async Task InvokeAsync(HttpContext context, GraphRequest request)
    {
        if (Calls(request, out var calls) is { } error)
        {
            await error.WriteAsync(context);
            return;
        }

        context.Response.ContentType = GraphAnswer.JsonType;
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteStartArray("responses");
        using var run = new BatchRun(router, calls, limits.Current.BatchConcurrency!.Value, json);
        await run.AnswerAllAsync(context.RequestAborted);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static GraphAnswer? Calls(GraphRequest request, out List<BatchCall> calls)
    {
        calls = [];
        if (request.Method != "POST" || request.Body is not { ValueKind: JsonValueKind.Object } body
            || !body.TryGetProperty("requests", out var requests) || requests.ValueKind != JsonValueKind.Array)
        {
            return GraphErrors.Invalid("Invalid batch payload format.");
        }

        if (requests.GetArrayLength() is 0 or > MostCalls)
        {
            return GraphErrors.Invalid($"Number of batch request steps must be from 1 to {MostCalls}, not {requests.GetArrayLength()}.");
        }

        foreach (var element in requests.EnumerateArray())
        {
            if (BatchCall.Read(element, request) is not { } call)
            {
                return GraphErrors.Invalid("Invalid batch payload format: each request needs an id, a method and a relative url.");
            }

            var known = calls;
            if (Has(calls, call.Id))
            {
                return GraphErrors.Invalid($"Duplicate request id in the batch: {call.Id}.");
            }

            if (call.DependsOn.FirstOrDefault(id => !Has(known, id)) is { } unknown)
            {
                return GraphErrors.Invalid($"Request {call.Id} depends on {unknown}, which is not before it.");
            }

            calls.Add(call);
        }

        return null;

        static bool Has(List<BatchCall> calls, string id) =>
            calls.Exists(call => call.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>One call of a batch.</summary>
/// <param name="Id">By which its answer is known.</param>
/// <param name="DependsOn">The calls that must succeed before it.</param>
/// <param name="Request">The call; its token is the batch's.</param>
internal sealed record BatchCall(string Id, IReadOnlyList<string> DependsOn, GraphRequest Request)
{
    /// <summary>Reads one.</summary>
    /// <returns>Null when it has no id, method or relative address.</returns>
    public static BatchCall? Read(JsonElement json, GraphRequest batch)
    {
        if (Text(json, "id") is not { Length: > 0 } id || Text(json, "method") is not { } method
            || Text(json, "url") is not { Length: > 0 } url || Uri.TryCreate(url, UriKind.Absolute, out var absolute) && !absolute.IsFile)
        {
            return null;
        }

        var mark = url.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = GraphRequest.ReadAddress(mark < 0 ? url : url[..mark], mark < 0 ? "" : url[mark..]);
        return new BatchCall(id, DependsOnOf(json), batch with
        {
            Method = method.ToUpperInvariant(),
            Path = path,
            Query = query,
            Prefer = Header(json, "Prefer") ?? "",
            Body = json.TryGetProperty("body", out var body) ? body : null,
        });
    }

    private static string[] DependsOnOf(JsonElement json) =>
        json.TryGetProperty("dependsOn", out var ids) && ids.ValueKind == JsonValueKind.Array
            ? [.. ids.EnumerateArray().Select(id => id.ToString())]
            : [];

    private static string? Header(JsonElement json, string name) =>
        json.TryGetProperty("headers", out var headers) && headers.ValueKind == JsonValueKind.Object
            ? headers.EnumerateObject()
                .Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(header => header.Value.ToString())
                .FirstOrDefault()
            : null;

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

/// <summary>A batch on its way: its calls begin in any order, each answer is written as soon as there is one.</summary>
internal sealed class BatchRun : IDisposable
{
    private readonly GraphRouter _router;
    private readonly Utf8JsonWriter _json;
    private readonly SemaphoreSlim _places;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Dictionary<string, BatchCall> _calls;
    private readonly Dictionary<string, Task<bool>> _begun = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="router">What answers.</param>
    /// <param name="calls">Each after those that it depends on.</param>
    /// <param name="concurrency">How many are served at once.</param>
    /// <param name="json">Where the answers go.</param>
    public BatchRun(GraphRouter router, IEnumerable<BatchCall> calls, int concurrency, Utf8JsonWriter json)
    {
        (_router, _json, _places) = (router, json, new SemaphoreSlim(concurrency));
        _calls = calls.ToDictionary(call => call.Id, StringComparer.OrdinalIgnoreCase);
    }

    public async Task AnswerAllAsync(CancellationToken cancellationToken)
    {
        var ids = _calls.Keys.ToArray();
        Random.Shared.Shuffle(ids);
        await Task.WhenAll(ids.Select(id => Begin(id, cancellationToken)));
    }

    public void Dispose()
    {
        _places.Dispose();
        _writing.Dispose();
    }

    private Task<bool> Begin(string id, CancellationToken cancellationToken)
    {
        if (!_begun.TryGetValue(id, out var begun))
        {
            var call = _calls[id];
            Task<bool>[] before = [.. call.DependsOn.Select(other => Begin(other, cancellationToken))];
            _begun[id] = begun = AnswerAsync(call, before, cancellationToken);
        }

        return begun;
    }

    private async Task<bool> AnswerAsync(BatchCall call, Task<bool>[] before, CancellationToken cancellationToken)
    {
        if ((await Task.WhenAll(before)).Contains(false))
        {
            await WriteAsync(call, GraphErrors.FailedDependency, cancellationToken);
            return false;
        }

        await _places.WaitAsync(cancellationToken);
        try
        {
            var answer = await _router.AnswerAsync(call.Request, cancellationToken);
            using var place = answer.Entry;
            await WriteAsync(call, answer, cancellationToken);
            return answer.IsSuccess;
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task WriteAsync(BatchCall call, GraphAnswer answer, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            answer.WriteInBatch(_json, call.Id);
            await _json.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }
}
