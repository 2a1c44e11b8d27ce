using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Switchboard.Load.Running;

namespace Switchboard.Load.Api;

/// <summary>
/// Makes the requests of a mix, and keeps of each answer how long the server says that it took. Whatever is answered is an answer: what is
/// none of 2xx is counted and not sent again.
/// </summary>
/// <param name="edge">Where the product is.</param>
/// <param name="kinds">What is asked for.</param>
/// <param name="seed">Makes the requests differ from those of other runs.</param>
internal sealed class ApiSource(Uri edge, IReadOnlyList<ApiKind> kinds, long seed) : ILoadSource
{
    private const string ResponseTime = "X-Response-Time";

    private readonly RequestMix _mix = new([.. kinds.Select(kind => kind.Share)]);
    private readonly ConcurrentBag<(int Kind, TimeSpan Time)> _times = [];
    private string? _firstError;

    /// <summary>No buffer is used.</summary>
    public int MaxBodyLength => 0;

    /// <summary>How long the server says that requests took, by their kinds.</summary>
    public IEnumerable<(int Kind, TimeSpan Time)> ServerTimes => _times;

    /// <summary>The first answer that was none of 2xx.</summary>
    public string? FirstError => _firstError;

    /// <summary>The kind of a request, by its place.</summary>
    public int KindOf(long number) => _mix.Of(number);

    public HttpRequestMessage Build(long number, byte[] buffer)
    {
        var call = kinds[KindOf(number)].Call(new(number, seed));
        return new(call.Method, new Uri(edge, call.Path))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", call.Key) },
            Content = call.Body is { } body ? new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") : null,
        };
    }

    public bool Accepts(long number, HttpStatusCode status) => true;

    public void Check(long number, HttpResponseMessage response, ReadOnlySpan<byte> answer)
    {
        if (!response.IsSuccessStatusCode)
        {
            if (_firstError is null)
            {
                var told = $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri?.PathAndQuery} answered "
                    + $"{(int)response.StatusCode}: {Encoding.UTF8.GetString(answer)}";
                Interlocked.CompareExchange(ref _firstError, told, null);
            }
        }
        else if (response.Headers.TryGetValues(ResponseTime, out var values) && TimeOf(values.First()) is { } time)
            _times.Add((KindOf(number), time));
    }

    // 1.23ms
    private static TimeSpan? TimeOf(string value) =>
        value.EndsWith("ms", StringComparison.Ordinal)
        && double.TryParse(value.AsSpan(0, value.Length - 2), NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;
}
