namespace Attachments.CrashTests;

/// <summary>What goes wrong in a round.</summary>
internal enum Fault
{
    /// <summary>SIGKILL to the service, or to one replica of it, which is started again while the others serve.</summary>
    ServiceKilled,

    /// <summary>No failure: one of several replicas stopped and started again as <c>deploy/rolling-restart</c> does.</summary>
    ReplicaRestarted,

    /// <summary>SIGKILL to one process of PostgreSQL that serves the service, at which PostgreSQL ends all others and recovers.</summary>
    BackendKilled,

    /// <summary>PostgreSQL stopped at once, without a checkpoint, and started again.</summary>
    DatabaseStopped,

    /// <summary>The service's connections to PostgreSQL cut.</summary>
    ConnectionsCut,
}
