using System.Text.Json;

namespace Switchboard.Simulator.Graph;

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
            if (calls.Exists(other => other.Id.Equals(call.Id, StringComparison.OrdinalIgnoreCase)))
            {
                return GraphErrors.Invalid($"Duplicate request id in the batch: {call.Id}.");
            }

            if (call.DependsOn.FirstOrDefault(id => !known.Exists(other => other.Id.Equals(id, StringComparison.OrdinalIgnoreCase))) is { } unknown)
            {
                return GraphErrors.Invalid($"Request {call.Id} depends on {unknown}, which is not before it.");
            }

            calls.Add(call);
        }

        return null;
    }
}
