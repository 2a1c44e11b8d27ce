using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;

namespace Switchboard.Load.Api;

/// <summary>Calls an API in JSON; waits when it is asked to, and says what to do when nothing answers or a key is refused.</summary>
internal sealed class ApiClient(Uri address, string option, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(250);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null }) { BaseAddress = address };

    /// <summary>Checks that somebody is there at all.</summary>
    public async Task CheckAsync(string path, CancellationToken cancellation)
    {
        try
        {
            using var response = await _http.GetAsync(path, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw new LoadException($"Nothing answers at {address} ({e.Message}). Start Switchboard with ./run.sh, or name the address with {option}.", e);
        }
    }

    public async Task<T> GetAsync<T>(string path, string? key, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        (await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), key, type, mayBeMissing: false, cancellation))!;

    /// <summary>As <see cref="GetAsync"/>, but null when it is answered 404.</summary>
    public Task<T?> FindAsync<T>(string path, string? key, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), key, type, mayBeMissing: true, cancellation);

    public async Task<TAnswer> PostAsync<TBody, TAnswer>(
        string path, string? key, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellation) =>
        (await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, bodyType) },
            key,
            answerType,
            mayBeMissing: false,
            cancellation))!;

    public void Dispose() => _http.Dispose();

    private async Task<T?> SendAsync<T>(
        Func<HttpRequestMessage> make, string? key, JsonTypeInfo<T> type, bool mayBeMissing, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            using var request = make();
            request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
            string problem;
            var wait = Moment;
            try
            {
                using var response = await _http.SendAsync(request, cancellation);
                if (response.IsSuccessStatusCode)
                {
                    return await response.Content.ReadFromJsonAsync(type, cancellation);
                }

                if (mayBeMissing && response.StatusCode == HttpStatusCode.NotFound)
                {
                    return default;
                }

                problem = $"{request.Method} {request.RequestUri} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellation)}";
                wait = response.Headers.RetryAfter?.Delta ?? Moment;
                ThrowIfFinal(response.StatusCode, problem);
            }
            catch (HttpRequestException e)
            {
                problem = $"{request.Method} {request.RequestUri} failed: {e.Message}";
            }

            if (time.GetElapsedTime(started) > Patience)
            {
                throw new LoadException(problem);
            }

            await Task.Delay(wait, time, cancellation);
        }
    }

    // the rest may pass: too many requests, a dependency away, a process that is being started again
    private static void ThrowIfFinal(HttpStatusCode status, string problem)
    {
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new LoadException($"{problem}\nThe key was refused: name one with the scope admin with --key.");
        }

        if ((int)status < 500 && status != HttpStatusCode.TooManyRequests)
        {
            throw new LoadException(problem);
        }
    }
}
