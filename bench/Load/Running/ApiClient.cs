using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;

namespace Switchboard.Load.Running;

/// <summary>Calls an API in JSON; retries what may pass, and says what to do when nothing answers or a key is refused.</summary>
internal sealed class ApiClient(Uri address, string option, TimeProvider timeProvider) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null })
    {
        BaseAddress = address,
    };

    /// <summary>Checks that anything answers.</summary>
    public async Task CheckAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(path, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new LoadException(
                $"Nothing answers at {address} ({e.Message}). Start Switchboard with ./run.sh, or name the address with {option}.", e);
        }
    }

    public async Task<T> GetAsync<T>(string path, string? key, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        (await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), key, type, mayBeMissing: false, cancellationToken))!;

    /// <summary>As <see cref="GetAsync"/>, but null when it is answered 404.</summary>
    public Task<T?> FindAsync<T>(string path, string? key, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), key, type, mayBeMissing: true, cancellationToken);

    public Task<TAnswer> PostAsync<TBody, TAnswer>(
        string path,
        string? key,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancellationToken) => WriteAsync(HttpMethod.Post, path, key, body, bodyType, answerType, cancellationToken);

    public Task<TAnswer> PutAsync<TBody, TAnswer>(
        string path,
        string? key,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancellationToken) => WriteAsync(HttpMethod.Put, path, key, body, bodyType, answerType, cancellationToken);

    /// <summary>Uploads a file whole (tus.io, 1.0).</summary>
    public Task UploadAsync(string path, string key, byte[] bytes, CancellationToken cancellationToken) =>
        SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Patch, path) { Content = new ByteArrayContent(bytes) };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
                request.Headers.Add("Upload-Offset", "0");
                return request;
            },
            key, (_, _) => Task.FromResult<object?>(null), mayBeMissing: false, cancellationToken);

    public Task DeleteAsync(string path, string? key, CancellationToken cancellationToken) =>
        SendAsync(
            () => new HttpRequestMessage(HttpMethod.Delete, path), key, (_, _) => Task.FromResult<object?>(null), mayBeMissing: true,
            cancellationToken);

    private async Task<TAnswer> WriteAsync<TBody, TAnswer>(
        HttpMethod method,
        string path,
        string? key,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancellationToken) =>
        (await SendAsync(
            () => new HttpRequestMessage(method, path) { Content = JsonContent.Create(body, bodyType) },
            key,
            answerType,
            mayBeMissing: false,
            cancellationToken))!;

    public void Dispose() => _http.Dispose();

    private Task<T?> SendAsync<T>(
        Func<HttpRequestMessage> make, string? key, JsonTypeInfo<T> type, bool mayBeMissing, CancellationToken cancellationToken) =>
        SendAsync(make, key, (content, token) => content.ReadFromJsonAsync(type, token), mayBeMissing, cancellationToken);

    private async Task<T?> SendAsync<T>(
        Func<HttpRequestMessage> make, string? key, Func<HttpContent, CancellationToken, Task<T?>> read, bool mayBeMissing,
        CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        while (true)
        {
            using var request = make();
            request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
            string problem;
            var wait = RetryDelay;
            try
            {
                using var response = await _http.SendAsync(request, cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return await read(response.Content, cancellationToken);
                }

                if (mayBeMissing && response.StatusCode == HttpStatusCode.NotFound)
                {
                    return default;
                }

                var content = await response.Content.ReadAsStringAsync(cancellationToken);
                problem = $"{request.Method} {request.RequestUri} answered {(int)response.StatusCode}: {content}";
                wait = response.Headers.RetryAfter?.Delta ?? RetryDelay;
                ThrowIfFinal(response.StatusCode, problem);
            }
            catch (HttpRequestException e)
            {
                problem = $"{request.Method} {request.RequestUri} failed: {e.Message}";
            }

            if (timeProvider.GetElapsedTime(started) > Timeout)
            {
                throw new LoadException(problem);
            }

            await Task.Delay(wait, timeProvider, cancellationToken);
        }
    }

    // the rest may pass: too many requests, a dependency that is down, a process that is restarting
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
