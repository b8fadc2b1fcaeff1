using System.Net;

namespace Attachments.CrashTests;

/// <summary>
/// A client with things of its own, which it changes at random, one request after another, until one stays without an answer: what came of
/// that one is found out by the check after the crash.
/// </summary>
internal abstract class Actor
{
    /// <summary>Of a thing that is there and has no bytes.</summary>
    protected const string There = "there";

    private const int LeaveOneIn = 60;

    private readonly List<Slot> slots = [];

    /// <summary>The act whose answer never came.</summary>
    public Act? InDoubt { get; private set; }

    /// <summary>Now and then it leaves in the middle of a request, which the service may then be busy with for a while.</summary>
    public bool MayLeave { get; init; } = true;

    /// <summary>Which repeats some requests of a replica that is lost.</summary>
    public bool IsBehindLoadBalancer { get; set; }

    public IReadOnlyList<Slot> Slots => slots;

    public long Acknowledged { get; private set; }

    /// <summary>Acts until <paramref name="stop"/> or the first request without an answer.</summary>
    /// <returns>What went against the contract: any answer but success, those that <paramref name="fault"/> excuses, and 503.</returns>
    public async Task<IReadOnlyList<string>> Run(HttpClient client, Random random, Fault? fault, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && InDoubt is null)
        {
            var act = Next(random);
            foreach (var (slot, _) in act.Changes)
            {
                slot.IsTouched = true;
            }

            if (await Send(act, client, random, fault) is { } wrong)
            {
                return [wrong];
            }
        }

        return [];
    }

    /// <summary>
    /// Looks at everything that was touched, or at everything there is, and takes what it sees for known: the acknowledged version, or, of
    /// a change in doubt, all of it or nothing of it.
    /// </summary>
    /// <returns>What was lost, torn or made up.</returns>
    public async Task<IReadOnlyList<string>> Check(HttpClient client, bool everything)
    {
        var wrong = new List<string>();
        if (InDoubt is { } act)
        {
            var seen = await Task.WhenAll(act.Changes.Select(change => change.Slot.Observe(client)));
            var done = act.Changes.Zip(seen).All(pair => pair.First.After == pair.Second);
            var undone = act.Changes.Zip(seen).All(pair => pair.First.Slot.Known == pair.Second);
            if (!done && !undone)
            {
                wrong.AddRange(act.Changes.Zip(seen).Select(pair =>
                    $"{act.What} is half done: {pair.First.Slot} was {Shown(pair.First.Slot.Known)}, "
                    + $"was to be {Shown(pair.First.After)}, is {Shown(pair.Second)}"));
            }

            if (done)
            {
                act.Succeeded();
            }

            InDoubt = null;
            Settled(act, done);
        }

        foreach (var slot in slots.Where(slot => everything || slot.IsTouched))
        {
            var seen = await slot.Observe(client);
            if (seen != slot.Known)
            {
                wrong.Add($"{slot} was acknowledged as {Shown(slot.Known)} and is {Shown(seen)}");
            }

            slot.IsTouched = false;
        }

        return wrong;
    }

    protected abstract Act Next(Random random);

    /// <summary>Deletes a thing, and with it what is in it.</summary>
    protected static Act Delete(Slot slot, string url, params IEnumerable<Slot> within) => new(
        $"DELETE of {slot}",
        (client, leave) => client.DeleteAsync(url, leave),
        [(slot, null), .. within.Select(part => (part, (string?)null))]);

    /// <summary>An act has been answered, or found out about.</summary>
    /// <param name="act">The act.</param>
    /// <param name="done">Whether it took place.</param>
    protected virtual void Settled(Act act, bool done)
    {
    }

    /// <summary>
    /// Something to look at, by its name: what was tried in vain and is tried again is the same thing.
    /// </summary>
    protected Slot Add(string name, Func<HttpClient, Task<string?>> observe)
    {
        if (slots.Find(known => known.Name == name) is { } again)
        {
            return again;
        }

        var slot = new Slot(name, observe);
        slots.Add(slot);
        return slot;
    }

    private async Task<string?> Send(Act act, HttpClient client, Random random, Fault? fault)
    {
        // Now and then the client leaves in the middle of its request, but not where every one must be answered.
        using var leave = new CancellationTokenSource();
        if (random.Next(LeaveOneIn) == 0 && MayLeave && fault != Fault.ReplicaRestarted)
        {
            leave.CancelAfter(random.Next(1, 60));
        }

        try
        {
            using var answer = await act.Send(client, leave.Token);
            if (answer.IsSuccessStatusCode)
            {
                act.Succeeded();
                Acknowledged++;
                Settled(act, done: true);
                return null;
            }

            if (fault == Fault.ReplicaRestarted || !Excuses(fault, answer))
            {
                var body = await answer.Content.ReadAsStringAsync(CancellationToken.None);
                return $"{act.What} was answered {(int)answer.StatusCode}: {body}";
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // No answer: whether it was done is for the check to find out.
            if (fault == Fault.ReplicaRestarted)
            {
                return $"{act.What} was not answered: {exception.Message}";
            }
        }

        InDoubt = act;
        return null;
    }

    /// <summary>Whether an answer leaves open what came of the request.</summary>
    private bool Excuses(Fault? fault, HttpResponseMessage answer) => answer.StatusCode switch
    {
        HttpStatusCode.ServiceUnavailable => true,
        // A load balancer has lost the replica that it had passed the request to ...
        HttpStatusCode.BadGateway => fault == Fault.ServiceKilled && IsBehindLoadBalancer,
        // ... and, where a request may be repeated, asks another, for which what the first has deleted is not there.
        HttpStatusCode.NotFound =>
            fault == Fault.ServiceKilled && IsBehindLoadBalancer && answer.RequestMessage!.Method == HttpMethod.Delete,
        _ => false,
    };

    private static string Shown(string? version) => version ?? "absent";
}
