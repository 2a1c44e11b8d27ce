using System.Text.Json;

namespace Switchboard.Simulator.Graph;

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

    public async Task AnswerAllAsync(CancellationToken cancellation)
    {
        var ids = _calls.Keys.ToArray();
        Random.Shared.Shuffle(ids);
        await Task.WhenAll(ids.Select(id => Begin(id, cancellation)));
    }

    public void Dispose()
    {
        _places.Dispose();
        _writing.Dispose();
    }

    private Task<bool> Begin(string id, CancellationToken cancellation)
    {
        if (!_begun.TryGetValue(id, out var begun))
        {
            var call = _calls[id];
            _begun[id] = begun = AnswerAsync(call, [.. call.DependsOn.Select(before => Begin(before, cancellation))], cancellation);
        }

        return begun;
    }

    private async Task<bool> AnswerAsync(BatchCall call, Task<bool>[] before, CancellationToken cancellation)
    {
        if ((await Task.WhenAll(before)).Contains(false))
        {
            await WriteAsync(call, GraphErrors.FailedDependency, cancellation);
            return false;
        }

        await _places.WaitAsync(cancellation);
        try
        {
            var answer = await _router.AnswerAsync(call.Request, cancellation);
            using var place = answer.Entry;
            await WriteAsync(call, answer, cancellation);
            return answer.IsSuccess;
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task WriteAsync(BatchCall call, GraphAnswer answer, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            answer.WriteInBatch(_json, call.Id);
            await _json.FlushAsync(cancellation);
        }
        finally
        {
            _writing.Release();
        }
    }
}
